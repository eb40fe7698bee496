/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libvirt's error codes are coarse: a name that does not resolve, a refused connection and a
 * missing certificate are all "system error". Where it tells the errno that decides; else the
 * message does, whose English words have been the same for ten years. A message that is not known
 * still gets a remedy that fits any failure to connect.
 */
#include "collectors/libvirt_error.h"

#include <errno.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stddef.h>
#include <string.h>

#define MESSAGE_MAX 300 /* leaves room for host, URI and remedy in one line of ERR_TEXT_MAX */

struct remedy {
	const char *words; /* in libvirt's message */
	int code;
	const char *text;
};

/* The first that fits: what is told of a certificate comes before what is told of a file. */
static const struct remedy remedies[] = {
        {"ertificate", -EACCES, "check the certificates and the names in them (virt-pki-validate)"},
        {"TLS", -EACCES, "check the certificates and the names in them (virt-pki-validate)"},
        {"esolve", -EHOSTUNREACH, "check the host name in the URI and the name service"},
        {"uthenticat", -EACCES, "put name and password into libvirt's auth.conf"},
        {"auth credentials", -EACCES, "put name and password into libvirt's auth.conf"},
        {"Permission denied", -EACCES, "run with the rights of the group libvirt"},
        {"onnection refused", -ECONNREFUSED,
         "start libvirtd or virtproxyd there, and let it listen"},
        {"o route to host", -EHOSTUNREACH, "check the network and that the host is up"},
        {"imed out", -ETIMEDOUT, "check the network, the firewall and that the host is up"},
        {"No such file", -ENOENT, "start libvirtd or virtqemud, and check the scheme of the URI"},
        {"o connection driver", -EINVAL, "check the scheme of the URI (qemu+tls, qemu+ssh, ...)"},
};

static const struct remedy *remedy_for(const virError *e)
{
	static const struct remedy any = {"", -EIO, "try virsh -c with the same URI"};
	static const struct remedy unsupported = {"", -EOPNOTSUPP,
	                                          "libvirt 4.5 or later is needed"};
	static const struct remedy denied = {"", -EACCES, "check auth.conf and polkit's rules"};

	switch (e->code) {
	case VIR_ERR_NO_SUPPORT: return &unsupported;
	case VIR_ERR_AUTH_FAILED:
	case VIR_ERR_AUTH_CANCELLED:
	case VIR_ERR_AUTH_UNAVAILABLE:
	case VIR_ERR_ACCESS_DENIED: return &denied;
	default: break;
	}
	for (size_t i = 0; i < sizeof(remedies) / sizeof(remedies[0]); i++)
		if (strstr(e->message, remedies[i].words))
			return &remedies[i];
	return &any;
}

/* A message may have several lines, as ssh's has. */
static void one_line(const char *message, char ret[MESSAGE_MAX])
{
	size_t n = 0;

	for (; *message && n < MESSAGE_MAX - 1; message++)
		ret[n++] = (unsigned char)*message < ' ' ? ' ' : *message;
	while (n > 0 && ret[n - 1] == ' ')
		n--;
	ret[n] = '\0';
}

int libvirt_error(struct err *err, const char *what)
{
	const virError *e = virGetLastError();
	const struct remedy *r;
	char message[MESSAGE_MAX];

	if (!e || !e->message)
		return err_set(err, -EIO, "%s: libvirt tells no reason; see its log there", what);
	r = remedy_for(e);
	one_line(e->message, message);
	return err_set(err, r->code, "%s: %s; %s", what, message, r->text);
}

bool libvirt_error_is_unsupported(void)
{
	int code = virGetLastErrorCode();

	return code == VIR_ERR_NO_SUPPORT || code == VIR_ERR_INVALID_ARG ||
	       code == VIR_ERR_ARGUMENT_UNSUPPORTED;
}

bool libvirt_error_is_gone(void)
{
	return virGetLastErrorCode() == VIR_ERR_NO_DOMAIN;
}

static void say_nothing(void *data, virErrorPtr e)
{
	(void)data;
	(void)e; /* the same error is this thread's last one */
}

void libvirt_error_silence(void)
{
	virSetErrorFunc(NULL, say_nothing);
}
