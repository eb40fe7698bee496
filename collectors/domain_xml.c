/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A definition as `virsh dumpxml` prints it, read part by part: what it is, how big, its tags, and
 * (other files) what keeps it from moving. What a VM is must be told, or the definition is refused;
 * what it has may be of any kind, since libvirt grows new devices every year.
 */
#include "collectors/domain_xml.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "collectors/arch_name.h"
#include "collectors/domain_private.h"
#include "core/base/xalloc.h"

#define VCPUS_MAX    4096u        /* the most that KVM and QEMU know */
#define MEM_MAX      (1ull << 52) /* bytes: the physical addresses of x86-64 */
#define NAME_LEN_MAX 256          /* bytes of a name; libvirt makes files of that name */
#define TAGS_MAX     64           /* of one VM; rules use a handful */
#define TAG_MAX      256          /* bytes of a tag's name or value */
#define WHAT_MAX     300          /* bytes of a blocker's text; paths longer are cut */

void domain_block(const struct domain_reader *r, enum blocker_kind kind, bool hard, const char *fmt,
                  ...)
{
	char text[WHAT_MAX];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args); /* cut if longer */
	va_end(args);
	for (char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 127)
			*c = '?';
	vm_config_add_blocker(r->c, kind, hard, xstrdup(text));
}

bool domain_path_is_shared(const struct domain_reader *r, const char *path)
{
	if (path[0] != '/' || strstr(path, "/../"))
		return false;
	for (uint32_t i = 0; r->shared && i < r->shared->n; i++) {
		const char *prefix = r->shared->prefixes[i];
		size_t n = strlen(prefix);

		while (n > 0 && prefix[n - 1] == '/')
			n--;
		if (strncmp(path, prefix, n) == 0 && (path[n] == '/' || path[n] == '\0'))
			return true;
	}
	return false;
}

const char *domain_attr(const struct xml_node *n, const char *name)
{
	const char *value = xml_attr(n, name);

	return value ? value : "";
}

bool domain_attr_is(const struct xml_node *n, const char *name, const char *value)
{
	return strcmp(domain_attr(n, name), value) == 0;
}

/* The line of the element, or of the definition that lacks it. */
static long line_of(const struct xml_node *n, const struct xml_node *domain)
{
	return xml_line(n ? n : domain);
}

static bool is_uuid(const char *text)
{
	for (int i = 0; i < UUID_TEXT - 1; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (text[i] == '\0' ||
		    (dash ? text[i] != '-' : !strchr("0123456789abcdefABCDEF", text[i])))
			return false;
	}
	return text[UUID_TEXT - 1] == '\0';
}

static int read_uuid(struct vm_config *c, const struct xml_node *domain, struct err *err)
{
	const struct xml_node *n = xml_child(domain, "uuid");
	const char *text = xml_text(n);

	if (!is_uuid(text))
		return err_set(err, -EINVAL,
		               "line %ld: no valid <uuid>; define the VM, libvirt then gives one",
		               line_of(n, domain));
	for (int i = 0; i < UUID_TEXT; i++)
		c->uuid[i] =
		        (char)(text[i] >= 'A' && text[i] <= 'F' ? text[i] - 'A' + 'a' : text[i]);
	return 0;
}

/* 1 to max bytes without control characters: names end in messages of one line. */
static bool is_plain(const char *text, size_t max)
{
	size_t n = 0;

	for (; text[n] != '\0' && n <= max; n++)
		if ((unsigned char)text[n] < ' ' || text[n] == 127)
			return false;
	return n > 0 && n <= max;
}

static int read_name(struct vm_config *c, const struct xml_node *domain, struct err *err)
{
	const struct xml_node *n = xml_child(domain, "name");

	if (!is_plain(xml_text(n), NAME_LEN_MAX))
		return err_set(err, -EINVAL,
		               "line %ld: no <name> of 1 to %d plain characters; rename the VM",
		               line_of(n, domain), NAME_LEN_MAX);
	c->name = xstrdup(xml_text(n));
	return 0;
}

static int read_vcpus(struct vm_config *c, const struct xml_node *domain, struct err *err)
{
	const struct xml_node *n = xml_child(domain, "vcpu");
	const char *current = xml_attr(n, "current");
	uint64_t most = 0, now;

	if (xml_to_number(xml_text(n), VCPUS_MAX, &most) < 0 || most == 0)
		return err_set(err, -EINVAL, "line %ld: no <vcpu> from 1 to %u; correct it",
		               line_of(n, domain), VCPUS_MAX);
	now = most;
	if (current && (xml_to_number(current, most, &now) < 0 || now == 0))
		return err_set(err, -EINVAL,
		               "line %ld: current vCPUs are not from 1 to %u; correct them",
		               xml_line(n), (unsigned)most);
	c->vcpus = (uint32_t)now;
	return 0;
}

/* libvirt's units: "b", "bytes", or a letter alone (1024), with "iB" (1024) or "B" (1000). */
static uint64_t unit_bytes(const char *unit)
{
	static const char letters[] = "kmgtpe";
	uint64_t base, bytes = 1;
	const char *letter;

	if (strcasecmp(unit, "b") == 0 || strcasecmp(unit, "byte") == 0 ||
	    strcasecmp(unit, "bytes") == 0)
		return 1;
	letter = unit[0] != '\0' ? strchr(letters, unit[0] | 0x20) : NULL;
	if (!letter || *letter == '\0')
		return 0;
	if (unit[1] == '\0' || strcasecmp(unit + 1, "iB") == 0)
		base = 1024;
	else if (strcasecmp(unit + 1, "B") == 0)
		base = 1000;
	else
		return 0;
	for (long i = 0; i <= letter - letters; i++)
		bytes *= base; /* at most 2^60 */
	return bytes;
}

static int read_memory(const struct xml_node *n, double *ret_bytes)
{
	const char *unit = xml_attr(n, "unit");
	uint64_t one = unit_bytes(unit ? unit : "KiB"), count;

	if (one == 0 || xml_to_number(xml_text(n), MEM_MAX / one, &count) < 0 || count == 0)
		return -EINVAL;
	*ret_bytes = (double)(count * one);
	return 0;
}

static int read_memories(struct vm_config *c, const struct xml_node *domain, struct err *err)
{
	const struct xml_node *n = xml_child(domain, "memory");
	const struct xml_node *current = xml_child(domain, "currentMemory");
	double most, now;

	if (read_memory(n, &most) < 0)
		return err_set(err, -EINVAL,
		               "line %ld: no <memory> from 1 byte to 4 PiB; correct it",
		               line_of(n, domain));
	now = most;
	if (current && read_memory(current, &now) < 0)
		return err_set(err, -EINVAL,
		               "line %ld: <currentMemory> is not from 1 byte to 4 PiB; correct it",
		               xml_line(current));
	c->mem_bytes_max = most;
	c->mem_bytes = fmin(now, most); /* libvirt cuts it alike */
	return 0;
}

static void read_arch(const struct domain_reader *r, const struct xml_node *domain)
{
	const char *arch = domain_attr(xml_child(xml_child(domain, "os"), "type"), "arch");

	r->c->arch = arch_of_name(arch);
	r->c->emulated = domain_attr_is(domain, "type", "qemu");
	/* It runs where it is; nothing is known of where else it could. */
	if (arch[0] != '\0' && r->c->arch == ARCH_ANY)
		domain_block(r, BLOCKER_CPU_HOST, true, "os: architecture %s is not known", arch);
}

static bool has_tag(const struct vm_config *c, const char *name)
{
	for (uint32_t i = 0; i < c->n_tags; i++)
		if (strcmp(c->tags[i].name, name) == 0)
			return true;
	return false;
}

static int read_tag(struct vm_config *c, const struct xml_node *n, struct err *err)
{
	const char *name = domain_attr(n, "name"), *value = domain_attr(n, "value");

	if (c->n_tags == TAGS_MAX)
		return err_set(err, -EINVAL, "line %ld: more than %d tags; remove some",
		               xml_line(n), TAGS_MAX);
	if (!is_plain(name, TAG_MAX) || (value[0] != '\0' && !is_plain(value, TAG_MAX)))
		return err_set(err, -EINVAL,
		               "line %ld: a tag needs a name of 1 to %d plain characters, and a "
		               "value of no more; correct it",
		               xml_line(n), TAG_MAX);
	if (has_tag(c, name))
		return err_set(err, -EINVAL, "line %ld: tag %s is given twice; remove one",
		               xml_line(n), name);
	c->tags = xreallocarray(c->tags, c->n_tags + 1, sizeof(*c->tags));
	c->tags[c->n_tags++] = (struct vm_tag){.name = xstrdup(name), .value = xstrdup(value)};
	return 0;
}

static int compare_tags(const void *a, const void *b)
{
	const struct vm_tag *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int read_tags(struct vm_config *c, const struct xml_node *domain, struct err *err)
{
	const struct xml_node *vm = xml_child(xml_child(domain, "metadata"), "vm"), *n;
	int r = 0;

	for (; vm && r == 0; vm = xml_next(vm, "vm")) {
		if (strcmp(xml_namespace(vm), DOMAIN_XML_NAMESPACE) != 0)
			continue;
		for (n = xml_child(vm, "tag"); n && r == 0; n = xml_next(n, "tag"))
			if (strcmp(xml_namespace(n), DOMAIN_XML_NAMESPACE) == 0)
				r = read_tag(c, n, err);
	}
	if (c->n_tags > 1)
		qsort(c->tags, c->n_tags, sizeof(*c->tags), compare_tags);
	return r;
}

static int read_domain(const struct domain_reader *r, const struct xml_node *domain,
                       struct err *err)
{
	const struct xml_node *devices = xml_child(domain, "devices");
	struct vm_config *c = r->c;
	int e;

	if (strcmp(xml_name(domain), "domain") != 0)
		return err_set(err, -EINVAL,
		               "line %ld: not a <domain>; take virsh dumpxml's output",
		               xml_line(domain));
	e = read_uuid(c, domain, err);
	e = e < 0 ? e : read_name(c, domain, err);
	e = e < 0 ? e : read_vcpus(c, domain, err);
	e = e < 0 ? e : read_memories(c, domain, err);
	e = e < 0 ? e : read_tags(c, domain, err);
	if (e < 0)
		return e;
	read_arch(r, domain);
	domain_read_binding(r, domain);
	domain_read_disks(r, devices);
	domain_read_devices(r, devices);
	return 0;
}

int domain_xml_read(const char *xml, size_t len, const struct shared_paths *shared,
                    struct vm_config *ret, struct err *err)
{
	struct xml_doc *doc = NULL;
	struct vm_config c;
	struct domain_reader r = {.shared = shared, .c = &c};
	int e = xml_parse(xml, len, DOMAIN_XML_MAX, &doc, err);

	if (e < 0)
		return e;
	vm_config_init(&c);
	e = read_domain(&r, xml_root(doc), err);
	if (e == 0) {
		vm_config_done(ret);
		*ret = c;
	} else {
		vm_config_done(&c);
	}
	xml_free(doc);
	return e;
}
