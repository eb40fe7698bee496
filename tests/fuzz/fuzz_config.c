/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a configuration: taken, or refused with one line that says where and why. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "engine/config_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct yaml_source source = {.path = "f.yaml", .root_name = ""};

/* Every value that was taken is within the bounds of its row: it can be set again as shown. */
static void use(struct config *c)
{
	struct config_row row;
	char text[64];
	int r = 0;

	for (uint32_t i = 0; config_row_at(c, i, &row) && r == 0; i++) {
		param_format(row.param, row.object, text, sizeof(text));
		r = config_set(c, row.param->name, text, NULL);
	}
	assert(r == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = {""};
	struct yaml_doc *doc = NULL;
	struct config c;
	int e;

	config_init(&c);
	e = yaml_doc_parse(&source, (const char *)data, size, &doc, &err);
	if (e == 0)
		e = config_doc_apply(&c, doc, &err);
	if (e == 0)
		use(&c);
	else
		assert(strncmp(err.text, "f.yaml:", 7) == 0);
	config_done(&c);
	yaml_doc_free(doc);
	return 0;
}
