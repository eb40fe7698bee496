/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The family as a table: every detector with every selector, and the two baselines. Defaults of
 * the detectors' parameters are those of the published comparison.
 */
#include "policies/reference/reference.h"

#define SOURCE "Beloglazov and Buyya, CCPE 24(13), 2012, heuristics for consolidation"

static const char *const placements[] = {
        [REFERENCE_FF] = "ff",
        [REFERENCE_BF] = "bf",
        [REFERENCE_PABFD] = "pabfd",
        [REFERENCE_PABFD + 1] = NULL,
};

#define PLACEMENT_ROW                                                                \
	{                                                                            \
		.name = "placement", .type = PARAM_CHOICE,                           \
		.offset = offsetof(struct reference_params, placement), .unit = "",  \
		.min = REFERENCE_FF, .max = REFERENCE_PABFD, .def = REFERENCE_PABFD, \
		.choices = placements,                                               \
		.help = "where VMs go: first fit, best fit, or least rise of power", \
	}

#define SAFETY_ROW(default_value, help_text)                                                 \
	{                                                                                    \
		.name = "overload.safety", .type = PARAM_NUMBER,                             \
		.offset = offsetof(struct reference_params, overload), .unit = "", .min = 0, \
		.max = 10, .def = default_value, .help = help_text,                          \
	}

static const struct param thr_rows[] = {
        {
                .name = "overload.threshold",
                .type = PARAM_RATIO,
                .offset = offsetof(struct reference_params, overload),
                .unit = "ratio",
                .min = 0,
                .max = 1,
                .def = 0.8,
                .help = "a host is overloaded above this share of its CPU",
        },
        PLACEMENT_ROW,
};

static const struct param iqr_rows[] = {
        SAFETY_ROW(1.5, "the threshold is 1 - safety x interquartile range of the load"),
        PLACEMENT_ROW,
};

static const struct param mad_rows[] = {
        SAFETY_ROW(2.5, "the threshold is 1 - safety x median absolute deviation of the load"),
        PLACEMENT_ROW,
};

static const struct param lr_rows[] = {
        SAFETY_ROW(1.2, "overloaded if safety x the load predicted by regression reaches 1"),
        PLACEMENT_ROW,
};

#define lrr_rows lr_rows

#define POLICIES(row)                                                                            \
	row(lr, mmt) row(lr, mc) row(lr, rs) row(lr, mu) row(lrr, mmt) row(lrr, mc) row(lrr, rs) \
	        row(lrr, mu) row(mad, mmt) row(mad, mc) row(mad, rs) row(mad, mu) row(iqr, mmt)  \
	                row(iqr, mc) row(iqr, rs) row(iqr, mu) row(thr, mmt) row(thr, mc)        \
	                        row(thr, rs) row(thr, mu)

/* policy_ops.new has no word for "which of them": a function each. */
#define NEW_FUNCTION(d, s)                                                                   \
	static void *new_##d##_##s(const struct fleet *f, const void *params, uint64_t seed) \
	{                                                                                    \
		struct reference_choice choice = {&detector_##d, &selector_##s};             \
                                                                                             \
		return reference_new(f, params, seed, &choice);                              \
	}

POLICIES(NEW_FUNCTION)

#define HELP_thr "static threshold"
#define HELP_iqr "threshold by interquartile range"
#define HELP_mad "threshold by median absolute deviation"
#define HELP_lr  "local regression"
#define HELP_lrr "robust local regression"
#define HELP_mmt "minimum migration time"
#define HELP_mc  "maximum correlation"
#define HELP_rs  "random selection"
#define HELP_mu  "minimum utilisation"

#define ROW(d, s)                                                             \
	{                                                                     \
	        .name = #d "-" #s,                                            \
	        .help = HELP_##d ", " HELP_##s,                               \
	        .source = SOURCE,                                             \
	        .params = {d##_rows, sizeof(d##_rows) / sizeof(d##_rows[0])}, \
	        .params_size = sizeof(struct reference_params),               \
	        .new = new_##d##_##s,                                         \
	        .free = reference_free,                                       \
	        .observe = reference_observe,                                 \
	        .decide = reference_decide,                                   \
	},

static const struct policy_ops family[] = {POLICIES(ROW)};

#define FAMILY_LEN (sizeof(family) / sizeof(family[0]))

static const struct policy_ops *const baselines[] = {&reference_dvfs, &reference_npa};

#define BASELINES_LEN (sizeof(baselines) / sizeof(baselines[0]))

const struct policy_ops *reference_policy_at(uint32_t i)
{
	if (i < FAMILY_LEN)
		return &family[i];
	i -= (uint32_t)FAMILY_LEN;
	return i < BASELINES_LEN ? baselines[i] : NULL;
}
