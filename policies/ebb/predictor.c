/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The model, in units u = demand / allocation of the VM:
 *
 *   mean      m = sum_a w_a e_a + w_5 rho: moving averages e_a of the VM with gains GAIN (the first
 *             is the last value) and the fleet's mean rho. The weights w are learnt from all VMs
 *             together by ridge regression, so that the policy finds out by itself whether the
 *             last value or an hour's mean predicts best (on PlanetLab the mean of 1-2 h does, on
 *             Bitbrains the last value).
 *   variance  v = (n s2 + N_PRIOR kappa m) / (n + N_PRIOR): the VM's own mean squared residual s2,
 *             shrunk towards kappa m, since the variance of demand is nearly in proportion to its
 *             mean (kappa learnt). Bounded by (peak - m) m: a load in [0, peak] of mean m cannot
 *             vary more, and a VM at its peak cannot jump further.
 *   third     c likewise from own cubed residuals, towards chi (kappa m)^1.5; bounded by
 *             v (a - v / a), a = peak - m.
 *   common    b: the loading of the VM on one shock common to all, from E[r_i (R - r_i)], R the
 *             fleet's total residual, shrunk towards sqrt(phi v), phi the mean correlation learnt
 *             from R^2. A host's variance is then sum(v) + (sum b)^2: correlated peaks count, and
 *             uncorrelated ones do not, at the price of one number a VM instead of a matrix.
 *
 * Why not joint sample vectors: the packer picks the hosts whose past happened to add up well, and
 * their future does not (winner's curse); measured overload was 3 to 6 times the nominal.
 *
 * Cost: two passes over columns in blocks of BLOCK VMs, which the compiler vectorises. Columns are
 * float: the statistics are good to a few percent, and half the memory traffic is half the time.
 * What is shared by all VMs is learnt from at most SAMPLE_VMS of them a tick, in rotation.
 */
#include "policies/ebb/predictor.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "policies/ebb/pool.h"
#include "policies/ebb/regression.h"

/* The columns never overlap; said in so many words, because there are too many to check for. */
#ifdef __clang__
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define INDEPENDENT _Pragma("GCC ivdep")
#endif

#define BLOCK      256
#define SAMPLE_VMS 4096
#define MEANS      (REGRESSION_FEATURES - 1)

/* Gains of the moving averages: last value, 2.5, 8, 25 and 83 samples. */
static const float GAIN[MEANS] = {1, 0.4F, 0.12F, 0.04F, 0.012F};

/* Weights before anything was learnt; the ridge pulls towards them. */
static const double PRIOR_WEIGHTS[REGRESSION_FEATURES] = {.1, .2, .3, .2, .1, .1};

/*
 * Measured on PlanetLab and Bitbrains (docs/policies-ebb.md): all are flat within a factor of two,
 * but for the long memory of the variance, which Bitbrains needs.
 */
#define GAIN_VAR   0.005F /* of own variance, third moment */
#define N_PRIOR    3.0F   /* samples that the prior variance counts for */
#define N_THIRD    40.0F  /* and the prior third moment */
#define N_COMMON   30.0F  /* samples that the prior loading counts for */
#define PEAK_SLACK 0.3F   /* of the allocation, above the highest seen */
#define PEAK_DECAY 0.003F /* a sample */
#define MEAN_MIN   1e-4F  /* no VM is believed to be idle for ever */

struct predictor {
	const struct fleet *fleet;
	uint32_t n_vms, n_padded; /* columns are whole blocks long */
	uint64_t samples;
	/* columns of the VMs' own statistics, utilisation units */
	float *nominal, *count, *e[MEANS], *s2, *c3, *peak, *shared, *residual;
	/* columns of the forecast: utilisation units inside, MIPS for others */
	float *m, *total_var;
	float *mean, *var, *third, *common;
	struct pool pool; /* learnt from all VMs together */
	struct regression regression;
};

#define COLUMNS (MEANS + 13)

static void list_columns(struct predictor *p, float **ret[COLUMNS])
{
	float **named[] = {&p->nominal, &p->count,    &p->s2,    &p->c3,        &p->peak,
	                   &p->shared,  &p->residual, &p->m,     &p->total_var, &p->mean,
	                   &p->var,     &p->third,    &p->common};

	static_assert(sizeof(named) / sizeof(named[0]) + MEANS == COLUMNS, "every column once");
	memcpy(ret, named, sizeof(named));
	for (int a = 0; a < MEANS; a++)
		ret[COLUMNS - MEANS + a] = &p->e[a];
}

static void predict(struct predictor *p);

struct predictor *predictor_new(const struct fleet *f)
{
	struct predictor *p = xcalloc(1, sizeof(*p));
	float **columns[COLUMNS];

	p->fleet = f;
	p->n_vms = f->n_vms;
	p->n_padded = (f->n_vms + BLOCK - 1) / BLOCK * BLOCK;
	list_columns(p, columns);
	for (int i = 0; i < COLUMNS; i++)
		*columns[i] = xcalloc(p->n_padded, sizeof(float));
	for (uint32_t i = 0; i < p->n_padded; i++)
		p->nominal[i] = 1;
	for (uint32_t i = 0; i < f->n_vms; i++)
		p->nominal[i] = (float)fmax(f->vms[i].allocation.v[RES_CPU], 1);
	pool_init(&p->pool);
	regression_init(&p->regression, PRIOR_WEIGHTS);
	predict(p);
	return p;
}

void predictor_free(struct predictor *p)
{
	float **columns[COLUMNS];

	if (!p)
		return;
	list_columns(p, columns);
	for (int i = 0; i < COLUMNS; i++)
		free(*columns[i]);
	free(p);
}

static inline float least(float a, float b)
{
	return a < b ? a : b;
}

static inline float most(float a, float b)
{
	return a > b ? a : b;
}

/* --- learning */

/*
 * A block of samples. Missing ones have seen = 0 and u = 0; the loops below multiply by seen and
 * known (0 or 1) where one would write conditions, because loops without branches vectorise.
 */
struct samples {
	float u[BLOCK];     /* utilisation */
	float seen[BLOCK];  /* there is a sample */
	float known[BLOCK]; /* and there was one before */
};

static bool has_sample(const struct snapshot *s, uint32_t vm)
{
	return s->vm_state[vm] != VM_ABSENT && !isnan(s->vm_cpu_demand[vm]);
}

/* Returns whether there is any sample. */
static bool gather(const struct predictor *p, const struct snapshot *s, uint32_t at,
                   struct samples *ret)
{
	bool any = false;

	for (uint32_t j = 0; j < BLOCK; j++) {
		uint32_t vm = at + j;
		bool here = vm < p->n_vms && has_sample(s, vm);

		ret->u[j] = here ? (float)s->vm_cpu_demand[vm] / p->nominal[vm] : 0;
		ret->seen[j] = here ? 1 : 0;
		ret->known[j] = p->count[vm] > 0 ? ret->seen[j] : 0;
		any |= here;
	}
	return any;
}

/* Own residual and its moments. A VM without a sample, or with its first, has residual 0. */
static void learn_residuals(struct predictor *p, uint32_t at, const struct samples *x)
{
	const float *restrict m = p->m + at, *restrict count = p->count + at;
	float *restrict s2 = p->s2 + at, *restrict c3 = p->c3 + at;
	float *restrict residual = p->residual + at;

	INDEPENDENT
	for (uint32_t j = 0; j < BLOCK; j++) {
		float r = x->known[j] * (x->u[j] - m[j]);
		float gain = x->known[j] * most(1 / most(count[j], 1), GAIN_VAR);

		residual[j] = r;
		s2[j] += gain * (r * r - s2[j]);
		c3[j] += gain * (r * r * r - c3[j]);
	}
}

/* Moving averages: each begins at the fleet's mean, which counts as one sample. */
static void learn_means(struct predictor *p, uint32_t at, const struct samples *x)
{
	const float rho = (float)p->pool.rho;
	const float *restrict count = p->count + at;

	for (int a = 0; a < MEANS; a++) {
		float *restrict e = p->e[a] + at;
		float youth = a == 0 ? 0 : 1;

		INDEPENDENT
		for (uint32_t j = 0; j < BLOCK; j++) {
			float first = x->seen[j] - x->known[j];
			float old = (1 - first) * e[j] + first * rho;
			float gain = x->seen[j] * most(youth / (count[j] + 2), GAIN[a]);

			e[j] = old + gain * (x->u[j] - old);
		}
	}
}

static void learn_peaks(struct predictor *p, uint32_t at, const struct samples *x)
{
	float *restrict peak = p->peak + at, *restrict count = p->count + at;

	INDEPENDENT
	for (uint32_t j = 0; j < BLOCK; j++) {
		float decayed = peak[j] - x->seen[j] * PEAK_DECAY * (peak[j] - x->u[j]);

		peak[j] = most(x->u[j], decayed);
		count[j] += x->seen[j];
	}
}

/* In LANES sums side by side, so that an addition need not wait for the one before. */
#define LANES 4

static void add_shock(const struct predictor *p, uint32_t at, const struct samples *x,
                      struct shock_sums *sums)
{
	const float *restrict residual = p->residual + at, *restrict nominal = p->nominal + at;
	const float *restrict total_var = p->total_var + at;
	double r_sum[LANES] = {0}, r2_sum[LANES] = {0}, var_sum[LANES] = {0}, sd_sum[LANES] = {0};
	float r[BLOCK], sd[BLOCK];

	INDEPENDENT
	for (uint32_t j = 0; j < BLOCK; j++) {
		r[j] = residual[j] * nominal[j];
		sd[j] = x->known[j] * sqrtf(total_var[j]) * nominal[j];
	}
	for (uint32_t j = 0; j < BLOCK; j += LANES) {
		for (int k = 0; k < LANES; k++) {
			double rk = (double)r[j + (uint32_t)k], sdk = (double)sd[j + (uint32_t)k];

			r_sum[k] += rk;
			r2_sum[k] += rk * rk;
			var_sum[k] += sdk * sdk;
			sd_sum[k] += sdk;
		}
	}
	for (int k = 0; k < LANES; k++) {
		sums->r += r_sum[k];
		sums->r2 += r2_sum[k];
		sums->var += var_sum[k];
		sums->sd += sd_sum[k];
	}
}

static void add_case(struct predictor *p, uint32_t vm, float u, struct spread_sums *sums)
{
	float features[REGRESSION_FEATURES];
	double r = (double)p->residual[vm];
	double prior = p->pool.kappa * (double)p->m[vm];

	sums->n++;
	sums->demand += (double)(u * p->nominal[vm]);
	sums->nominal += (double)p->nominal[vm];
	sums->u += (double)u;
	sums->u2 += (double)(u * u);
	if (p->count[vm] <= 0)
		return;
	for (int a = 0; a < MEANS; a++)
		features[a] = p->e[a][vm];
	features[MEANS] = (float)p->pool.rho;
	regression_add(&p->regression, features, (double)u, 1 / ((double)p->total_var[vm] + 1e-4));
	sums->r2 += r * r;
	sums->mean += (double)p->m[vm];
	sums->r3 += r * r * r;
	sums->prior3 += prior * sqrt(prior);
}

/* E[r (R - r)], per unit of nominal. A VM without a sample has residual 0 and learns nothing. */
static void learn_loadings(struct predictor *p, uint32_t at, float total_r)
{
	const float *restrict r = p->residual + at, *restrict nominal = p->nominal + at;
	const float *restrict count = p->count + at;
	float *restrict shared = p->shared + at;

	INDEPENDENT
	for (uint32_t j = 0; j < BLOCK; j++) {
		float gain = most(1 / most(count[j], 1), POOL_GAIN_COMMON);

		gain *= least(most(count[j] - 1, 0), 1); /* needs two samples */
		gain = r[j] < 0 || r[j] > 0 ? gain : 0;
		shared[j] += gain * (r[j] * (total_r - r[j] * nominal[j]) - shared[j]);
	}
}

/* --- predicting */

static void predict_means(struct predictor *p, uint32_t at)
{
	float w[REGRESSION_FEATURES];
	float rho = (float)p->pool.rho;
	const float *restrict count = p->count + at;
	float *restrict m = p->m + at;

	for (int a = 0; a < REGRESSION_FEATURES; a++)
		w[a] = (float)p->regression.weights[a];
	INDEPENDENT
	for (uint32_t j = 0; j < BLOCK; j++)
		m[j] = w[MEANS] * rho;
	for (int a = 0; a < MEANS; a++) {
		const float *restrict e = p->e[a] + at;

		INDEPENDENT
		for (uint32_t j = 0; j < BLOCK; j++)
			m[j] += w[a] * e[j];
	}
	INDEPENDENT
	for (uint32_t j = 0; j < BLOCK; j++) {
		float known = least(count[j], 1);

		m[j] = most(known * m[j] + (1 - known) * rho, MEAN_MIN);
	}
}

/* total_var and third, in utilisation units; third is scaled to MIPS at the end. */
static void predict_spread(struct predictor *p, uint32_t at)
{
	const float kappa = (float)p->pool.kappa, chi = (float)p->pool.chi, v0 = (float)p->pool.v0;
	const float c0 = chi * v0 * sqrtf(v0);
	const float *restrict m = p->m + at, *restrict count = p->count + at;
	const float *restrict s2 = p->s2 + at, *restrict c3 = p->c3 + at;
	const float *restrict peak = p->peak + at, *restrict nominal = p->nominal + at;
	float *restrict total_var = p->total_var + at, *restrict third = p->third + at;

	INDEPENDENT
	for (uint32_t j = 0; j < BLOCK; j++) {
		float known = least(count[j], 1);
		float prior = kappa * m[j];
		float n = most(least(count[j] - 1, 1 / GAIN_VAR), 0);
		float v = (n * s2[j] + N_PRIOR * prior) / (n + N_PRIOR);
		float c = (n * c3[j] + N_THIRD * chi * prior * sqrtf(prior)) / (n + N_THIRD);
		float room = least(most(1, peak[j]), peak[j] + PEAK_SLACK) - m[j];

		room = most(room, MEAN_MIN);
		v = least(v, room * m[j]);
		c = least(most(c, 0), v * most(room - v / room, 0));
		v = known * v + (1 - known) * v0;
		c = known * c + (1 - known) * c0;
		total_var[j] = v;
		third[j] = c * nominal[j] * nominal[j] * nominal[j];
	}
}

static void predict_common(struct predictor *p, uint32_t at)
{
	const float phi = (float)fmin(p->pool.phi, 1);
	const float per_shock = p->pool.shock2 > 0 ? (float)(1 / sqrt(p->pool.shock2)) : 0;
	const float *restrict total_var = p->total_var + at, *restrict count = p->count + at;
	const float *restrict shared = p->shared + at, *restrict nominal = p->nominal + at;
	const float *restrict m = p->m + at;
	float *restrict mean = p->mean + at, *restrict var = p->var + at;
	float *restrict common = p->common + at;

	INDEPENDENT
	for (uint32_t j = 0; j < BLOCK; j++) {
		float v = total_var[j];
		float n = least(count[j], 1 / POOL_GAIN_COMMON);
		float prior = sqrtf(phi * v);
		float b = (n * shared[j] * per_shock + N_COMMON * prior) / (n + N_COMMON);

		b = least(most(b, 0), sqrtf(0.95F * v));
		mean[j] = m[j] * nominal[j];
		common[j] = b * nominal[j];
		var[j] = (v - b * b) * nominal[j] * nominal[j];
	}
}

static void predict(struct predictor *p)
{
	for (uint32_t at = 0; at < p->n_padded; at += BLOCK) {
		predict_means(p, at);
		predict_spread(p, at);
		predict_common(p, at);
	}
}

static bool is_blank(const struct predictor *p, const struct snapshot *s)
{
	for (uint32_t vm = 0; vm < p->n_vms; vm++)
		if (has_sample(s, vm))
			return false;
	return true;
}

void predictor_observe(struct predictor *p, const struct snapshot *s)
{
	uint32_t stride = 1 + p->n_vms / SAMPLE_VMS;
	uint32_t phase = (uint32_t)(p->samples % stride);
	struct shock_sums shock = {0};
	struct spread_sums pool = {0};

	if (is_blank(p, s))
		return;
	regression_forget(&p->regression);
	for (uint32_t at = 0; at < p->n_padded; at += BLOCK) {
		struct samples x;

		if (!gather(p, s, at, &x)) {
			memset(p->residual + at, 0, BLOCK * sizeof(*p->residual));
			continue;
		}
		learn_residuals(p, at, &x);
		add_shock(p, at, &x, &shock);
		for (uint32_t j = (phase + stride - at % stride) % stride; j < BLOCK; j += stride)
			if (x.seen[j] > 0)
				add_case(p, at + j, x.u[j], &pool);
		learn_means(p, at, &x);
		learn_peaks(p, at, &x);
	}
	pool_learn_spread(&p->pool, &pool, p->samples);
	pool_learn_shock(&p->pool, &shock, p->samples);
	for (uint32_t at = 0; at < p->n_padded; at += BLOCK)
		learn_loadings(p, at, (float)shock.r);
	if (p->samples >= 2)
		regression_solve(&p->regression);
	p->samples++;
	predict(p);
}

struct forecast predictor_forecast(const struct predictor *p)
{
	return (struct forecast){
	        .mean = p->mean,
	        .var = p->var,
	        .third = p->third,
	        .common = p->common,
	};
}
