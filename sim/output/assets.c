/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The assembler copies the files into the object: no generated C, no tool beyond the compiler,
 * and the files stay what an editor and a browser know. Paths are relative to the top of the
 * tree, where make runs; the Makefile names the files as prerequisites of this object.
 *
 * The script is split by subject and joined here in the order of dependence.
 */
#include "sim/output/assets.h"

#define ASSET_BEGIN(name) ".pushsection .rodata\n.global " #name "\n" #name ":\n"
#define ASSET_FILE(file)  ".incbin \"sim/output/assets/" file "\"\n"
#define ASSET_END(name)   ".global " #name "_end\n" #name "_end:\n.byte 0\n.popsection\n"

__asm__(ASSET_BEGIN(asset_page) ASSET_FILE("page.html") ASSET_END(asset_page));
__asm__(ASSET_BEGIN(asset_css) ASSET_FILE("report.css") ASSET_END(asset_css));
__asm__(ASSET_BEGIN(asset_js) ASSET_FILE("base.js") ASSET_FILE("heat.js") ASSET_FILE("timeline.js")
                ASSET_FILE("compare.js") ASSET_FILE("main.js") ASSET_END(asset_js));
