/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_OUTPUT_ASSETS_H
#define SIM_OUTPUT_ASSETS_H
/*
 * The report's page, style and script as they lie in sim/output/assets/, inside the program.
 * Each is the bytes from its name up to its name with _end; there is no terminator.
 */

extern const char asset_page[], asset_page_end[]; /* HTML with @@title@@, @@css@@, ... */
extern const char asset_css[], asset_css_end[];
extern const char asset_js[], asset_js_end[];

#endif
