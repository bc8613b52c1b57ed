/* An independent reference program for the model page: one arm of one replicate, fast in plain C.
 *
 * Arrays over agencies are padded with zeros and run agency-fastest. So a month is worked through
 * for eight agencies at a time (four or two where the processor has no wider registers). A
 * partnership keeps its members packed in seats. Its trust matrix stays packed while it is the only
 * one living. Nothing is allocated inside a run.
 */
#define _GNU_SOURCE
#include <features.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ROUND_UP(n) (((n) + LANES - 1) / LANES * LANES)
#define FLOOR_HOURS 1e-9

/* ---- several numbers at a time ------------------------------------------------------- */

#if defined(__AVX512F__)
#include <immintrin.h>
#define LANES 8
typedef __m512d vec;
static inline vec vset(double x) { return _mm512_set1_pd(x); }
static inline vec vmax(vec a, vec b) { return _mm512_max_pd(a, b); }
static inline vec vmin(vec a, vec b) { return _mm512_min_pd(a, b); }
static inline vec vabs(vec a) { return _mm512_abs_pd(a); }
static inline double vsum(vec a) { return _mm512_reduce_add_pd(a); }
/* a > b ? x : y */
static inline vec vpick_gt(vec a, vec b, vec x, vec y)
{ return _mm512_mask_blend_pd(_mm512_cmp_pd_mask(a, b, _CMP_GT_OQ), y, x); }
/* not 0 if any lane has 0 < a < b */
static inline unsigned vtiny(vec a, vec b)
{
    return (unsigned)(_mm512_cmp_pd_mask(a, _mm512_setzero_pd(), _CMP_GT_OQ)
                      & _mm512_cmp_pd_mask(a, b, _CMP_LT_OQ));
}
#else
#if defined(__AVX__)
#define LANES 4
#else
#define LANES 2
#endif
typedef double vec __attribute__((vector_size(8 * LANES), may_alias));
typedef int64_t veci __attribute__((vector_size(8 * LANES), may_alias));
static inline vec vset(double x) { return x - (vec){0.0}; }
static inline vec vpick_gt(vec a, vec b, vec x, vec y)
{
    const veci m = a > b;
    return (vec)(((veci)x & m) | ((veci)y & ~m));
}
static inline vec vmax(vec a, vec b) { return vpick_gt(a, b, a, b); }
static inline vec vmin(vec a, vec b) { return vpick_gt(b, a, a, b); }
static inline vec vabs(vec a) { return (vec)((veci)a & INT64_MAX); }
#if LANES == 4
static inline double vsum(vec a) { return (a[0] + a[2]) + (a[1] + a[3]); }
#else
static inline double vsum(vec a) { return a[0] + a[1]; }
#endif
static inline unsigned vtiny(vec a, vec b)
{
    const veci m = (a > vset(0.0)) & (a < b);
    int64_t any = 0;
    for (int l = 0; l < LANES; l++) any |= m[l];
    return any != 0;
}
#endif

#if LANES > 2 && defined(__GLIBC__) && defined(CG_LIBMVEC)
/* glibc's own vector functions (libmvec), good to a few units in the last place */
#if LANES == 8
#define VECTOR(name) _ZGVeN8v_##name
#elif defined(__AVX2__)
#define VECTOR(name) _ZGVdN4v_##name
#else
#define VECTOR(name) _ZGVcN4v_##name
#endif
extern vec VECTOR(exp)(vec);
extern vec VECTOR(log)(vec);
extern vec VECTOR(expm1)(vec);
#define vexp VECTOR(exp)
#define vlog VECTOR(log)
#define vexpm1 VECTOR(expm1)
#else
static inline vec vexp(vec a)
{
    double *p = (double *)&a;
    for (int l = 0; l < LANES; l++) p[l] = exp(p[l]);
    return a;
}
static inline vec vlog(vec a)
{
    double *p = (double *)&a;
    for (int l = 0; l < LANES; l++) p[l] = log(p[l]);
    return a;
}
static inline vec vexpm1(vec a)
{
    double *p = (double *)&a;
    for (int l = 0; l < LANES; l++) p[l] = expm1(p[l]);
    return a;
}
#endif

#define V(p) (*(vec *)(p))
#define CV(p) (*(const vec *)(p))

static inline double dmax(double a, double b) { return a > b ? a : b; }
static inline double dmin(double a, double b) { return a < b ? a : b; }

/* ---- what is given and what comes back ----------------------------------------------- */

enum {
    OFF_OVERHEAD = 1,
    OFF_COORDINATION = 2,
    OFF_COMMITMENT = 4,
    OFF_SLIPPAGE = 8,
    OFF_ALIGNMENT = 16
};
enum { COLLAPSED = 1, DATED_END = 2, COMPLETED = 3, REVIEWED_OUT = 4 };

/* the parameters, in the order of the model page, section 7 */
typedef struct {
    double backlog_months, need_inflow, need_drift, climate_sd, climate_persistence;
    double support, absence_sd, ambient;
    double view_rate, self_interest, evidence, engage_hours, engage_half, engage_max, spillover;
    double targeting, knowledge0, own_learning, volatility, sharing;
    double issue_hours, disagreement, trust_relief, protocols, protocol_hours, carry, consent,
        coupling, learning;
    double setup_hours, shareable, reinvest, slip_sd, accountability, monitor_hours, monitor_half,
        monitor_cut, ambition;
    double trust_gain, trust_loss, observe_sd, turnover, turnover_loss;
    double sensitivity, max_share, reciprocity, adapt, memory, perceive_sd, expectation,
        first_share, trust_weight;
    double overhead_salience, mandate, exit_ratio, patience;
    double sweetener, fund_efficiency;
} parameters;

typedef struct {
    double start, trigger, last, target, review_months, meetings, hours, prep, reps, adaptive,
        authority, facilitation0;
    double lead_strength, lead_hours, lead_share, independent, secretariat, fund, fund_months,
        fund_start, matched;
} levers;

enum {
    M_MET,
    M_UNMET,
    M_JOINT_MET,
    M_OVERHEAD,
    M_JOINT_HOURS,
    M_OWN_HOURS,
    M_SAVED,
    M_NET_YIELD,
    M_BOUGHT,
    MONTH_COLUMNS
};
enum {
    B_MEMBERS,
    B_COMMITMENT,
    B_TRUST,
    B_SETTLED,
    B_CLARITY,
    B_APPEAL,
    B_MEETINGS,
    B_BOUGHT,
    B_JOINT_HOURS,
    B_BACKLOG,
    B_LEAD_EFFECT,
    B_ENDED,
    BOARD_COLUMNS
};

typedef struct {
    int64_t N, K, S, T, B; /* B = 0: nobody works together */
    int64_t off;           /* switched-off frictions, one bit each */
    const parameters *par;
    const levers *lev;      /* [B] */
    const double *crosscut; /* [K] */
    const double *focus;    /* [B][K], 0 or 1 */
    const double *members;  /* [B][N], 0 or 1 */
    const int64_t *lead;    /* [B] */
    const double *capacity, *skill, *goal, *mix, *trust, *senior, *operational;
    const double *absence, *slip, *perceive, *observe, *turnover, *drift, *climate;
    const double *grant;      /* [T][N] hours, or NULL */
    double *month;            /* [MONTH_COLUMNS][T] */
    double *board;            /* [BOARD_COLUMNS][T][B] */
    double *own_met;          /* [T][N] */
    double *met_by_objective; /* [T][K] */
} arm;

/* one partnership while the run lasts */
typedef struct {
    levers l;
    int n, lead, founders, founding_lead, agenda, begun, alive, ended, stale, packed, disappointed;
    double meetings, experience, backlog, delivered;
    double strength, contact, supply, pay, lead_pay, overhead, rate; /* set by refresh() */
    double hours, bought, load, settled, clarity_sum;
    int *who, *objective; /* seats -> agencies; agenda -> objectives */
    double *z, *E, *here, *w, *v, *g, *trust_in,
        *trust_by; /* per seat; trust_in[j][i]: i's trust in j; trust_by[j][i]: j's in i */
    double *x, *kept, *senior, *unreliable, *joint;
    int *sour;
} partnership;

static double produce(const double *h, const double *r2, double kappa, int Sp)
{
    vec total = vset(0.0), drag = vset(0.0);
    for (int s = 0; s < Sp; s += LANES) {
        vec x = CV(h + s);
        total += x;
        drag += CV(r2 + s) / vmax(x, vset(FLOOR_HOURS));
    }
    double H = vsum(total);
    return H > 0.0 ? (1.0 - kappa) * H + kappa / vsum(drag) : 0.0;
}

/* ---- the work space ------------------------------------------------------------------ */

typedef struct {
    char *at;
    size_t used;
} arena;

static void *take(arena *a, size_t bytes)
{
    void *p = a->at ? a->at + a->used : NULL;
    a->used += (bytes + 63) / 64 * 64;
    return p;
}
#define DOUBLES(n) ((double *)take(&mem, sizeof(double) * (size_t)(n)))
#define INTS(n) ((int *)take(&mem, sizeof(int) * (size_t)(n)))

typedef struct {
    const arm *in;
    parameters p;
    int N, K, S, T, B, Np, Kp, Sp, off;
    double *cap, *support, *w, *share, *v, *g, *keep_g, *learn_g, *o, *q, *y, *free, *paid, *joined,
        *saving, *U, *Vp, *own;
    double *skill, *r, *r2, *per_hour, *linear, *drag, *empty, *tiny, *tau, *apart;
    double *e, *need, *inflow, *toward, *output, *scale, *met, *hours, *factor, *rates;
    double *peer, *heard, *row, *overlap;
    double *uv, *utrust, *uhard, *uy;
    partnership *b;
    int *living, *party, *count, *active, *seat_in_union, *any_empty;
    int n_living, n_party, n_active;
} state;

static size_t lay_out(state *w, void *at, const arm *in)
{
    arena mem = {at, 0};
    int N = (int)in->N, K = (int)in->K, S = (int)in->S, B = (int)in->B;
    int Np = ROUND_UP(N), Kp = ROUND_UP(K + 1), Sp = ROUND_UP(S);
    w->in = in;
    w->p = *in->par;
    w->off = (int)in->off;
    w->N = N;
    w->K = K;
    w->S = S;
    w->T = (int)in->T;
    w->B = B;
    w->Np = Np;
    w->Kp = Kp;
    w->Sp = Sp;
    w->cap = DOUBLES(Np);
    w->support = DOUBLES(Np);
    w->w = DOUBLES(K * Np);
    w->share = DOUBLES(K * Np);
    w->v = DOUBLES(K * Np);
    w->g = DOUBLES(K * Np);
    w->keep_g = DOUBLES(K * Np);
    w->learn_g = DOUBLES(K * Np);
    w->o = DOUBLES(Np);
    w->q = DOUBLES(K * Np);
    w->y = DOUBLES(K * Np);
    w->free = DOUBLES(Np);
    w->paid = DOUBLES(Np);
    w->joined = DOUBLES(Np);
    w->saving = DOUBLES(Np);
    w->U = DOUBLES(Np);
    w->Vp = DOUBLES(Np);
    w->own = DOUBLES(Np);
    w->skill = DOUBLES(N * Sp);
    w->r = DOUBLES(K * Sp);
    w->r2 = DOUBLES(K * Sp);
    w->per_hour = DOUBLES(K * Np);
    w->linear = DOUBLES(Np);
    w->drag = DOUBLES(K * Np);
    w->empty = DOUBLES(K * Np);
    w->tiny = DOUBLES(K * Np);
    w->e = DOUBLES(Kp);
    w->need = DOUBLES(Kp);
    w->inflow = DOUBLES(Kp);
    w->toward = DOUBLES(Kp);
    w->output = DOUBLES(Kp);
    w->scale = DOUBLES(Kp);
    w->met = DOUBLES(Kp);
    w->factor = DOUBLES(Kp);
    w->rates = DOUBLES(Kp);
    w->hours = DOUBLES(Sp);
    w->row = DOUBLES(Np);
    w->any_empty = INTS(K);
    w->tau = w->apart = w->peer = w->heard = w->overlap = w->uv = w->utrust = w->uhard = w->uy =
        NULL;
    w->b = NULL;
    w->living = w->party = w->count = w->active = w->seat_in_union = NULL;
    if (B > 0) {
        w->tau = DOUBLES(N * Np);
        w->apart = DOUBLES(N * Np);
        w->peer = DOUBLES(K * Np);
        w->heard = DOUBLES(K * Np);
        w->overlap = DOUBLES(B * B);
        w->uv = DOUBLES(K * Np);
        w->utrust = DOUBLES(Np);
        w->uhard = DOUBLES(N * Np);
        w->uy = DOUBLES(B * Np);
        w->b = take(&mem, sizeof(partnership) * (size_t)B);
        w->living = INTS(B);
        w->party = INTS(N);
        w->count = INTS(N);
        w->active = INTS(N);
        w->seat_in_union = INTS(N);
        for (int i = 0; i < B; i++) {
            partnership scrap, *b = w->b ? &w->b[i] : &scrap;
            b->who = INTS(Np);
            b->objective = INTS(K);
            b->sour = INTS(Np);
            b->z = DOUBLES(Np);
            b->E = DOUBLES(Np);
            b->here = DOUBLES(Np);
            b->x = DOUBLES(Np);
            b->kept = DOUBLES(Np);
            b->senior = DOUBLES(Np);
            b->unreliable = DOUBLES(Np);
            b->joint = DOUBLES(K);
            b->w = DOUBLES(K * Np);
            b->v = DOUBLES(K * Np);
            b->g = DOUBLES(K * Np);
            b->trust_in = DOUBLES(N * Np);
            b->trust_by = DOUBLES(N * Np);
        }
    }
    return mem.used;
}

/* ---- what a run needs but a month does not change ------------------------------------ */

static void prepare(state *w)
{
    const arm *in = w->in;
    const parameters *p = &w->p;
    const int N = w->N, K = w->K, S = w->S, Np = w->Np, Kp = w->Kp, Sp = w->Sp, B = w->B;
    double C = 0.0;
    memset(w->cap, 0, sizeof(double) * (size_t)Np);
    for (int i = 0; i < N; i++) {
        w->cap[i] = in->capacity[i];
        C += in->capacity[i];
        double *row = w->skill + i * Sp, sum = 0.0;
        for (int s = 0; s < S; s++) {
            row[s] = in->skill[i * S + s];
            sum += row[s];
        }
        for (int s = S; s < Sp; s++) row[s] = 0.0;
        w->linear[i] = sum;
    }
    for (int i = N; i < Np; i++) w->linear[i] = 0.0;
    for (int i = 0; i < Np; i++) w->support[i] = p->support * w->cap[i];
    for (int k = 0; k < K; k++) {
        double *r = w->r + k * Sp, *r2 = w->r2 + k * Sp, *wk = w->w + k * Np;
        const double kappa = in->crosscut[k];
        for (int s = 0; s < S; s++) {
            r[s] = in->mix[k * S + s];
            r2[s] = r[s] * r[s];
        }
        for (int s = S; s < Sp; s++) r[s] = r2[s] = 0.0;
        for (int i = 0; i < N; i++) wk[i] = in->goal[i * K + k];
        for (int i = N; i < Np; i++) wk[i] = 0.0;
        memcpy(w->share + k * Np, wk, sizeof(double) * (size_t)Np);
        int any = 0;
        for (int i = 0; i < N; i++) {
            /* One hour split by the agency's skills. A skill it lacks counts as 1e-9 h however many
             * hours there are: kept apart as `empty`. Below `tiny` hours a skill it has falls under
             * that floor too. */
            double drag = 0.0, empty = 0.0, least = INFINITY;
            const double *row = w->skill + i * Sp;
            for (int s = 0; s < S; s++) {
                if (row[s] > 0.0) {
                    drag += r2[s] / row[s];
                    if (r2[s] > 0.0 && row[s] < least) least = row[s];
                } else empty += r2[s] / FLOOR_HOURS;
            }
            int at = k * Np + i;
            w->tiny[at] =
                drag > 0.0 ? 2.0 * FLOOR_HOURS / least : INFINITY; /* 2: room for rounding */
            if (!(drag > 0.0)) {
                drag = 1.0;
                empty = 0.0;
            }
            w->drag[at] = drag;
            w->empty[at] = empty;
            any |= empty > 0.0;
            w->per_hour[at] = (1.0 - kappa) * w->linear[i] + kappa / drag;
        }
        for (int i = N; i < Np; i++) {
            int at = k * Np + i;
            w->tiny[at] = 0.0;
            w->drag[at] = 1.0;
            w->empty[at] = 0.0;
            w->per_hour[at] = 0.0;
        }
        w->any_empty[k] = any;
        for (int i = 0; i < Np; i++) {
            double care = dmin(1.0, K * wk[i]);
            w->learn_g[k * Np + i] = p->own_learning * care;
            w->keep_g[k * Np + i] = 1.0 - p->own_learning * care - p->volatility;
            w->g[k * Np + i] = p->knowledge0 * care;
        }
    }
    for (int k = 0; k < Kp; k++) {
        w->e[k] = 0.0;
        w->need[k] = k < K ? p->backlog_months * C / K : 0.0;
        w->output[k] = w->factor[k] = w->scale[k] = w->met[k] = 0.0;
        w->inflow[k] = 0.0;
    }
    w->rates[0] = C;
    memset(w->saving, 0, sizeof(double) * (size_t)Np);
    w->n_living = w->n_party = w->n_active = 0;
    if (B == 0) return;

    memset(w->U, 0, sizeof(double) * (size_t)Np);
    memset(w->Vp, 0, sizeof(double) * (size_t)Np);
    memset(w->paid, 0, sizeof(double) * (size_t)Np);
    memset(w->joined, 0, sizeof(double) * (size_t)Np);
    memcpy(w->v, w->w, sizeof(double) * (size_t)(K * Np));
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) w->tau[i * Np + j] = in->trust[i * N + j];
        for (int j = 0; j < Np; j++) w->apart[i * Np + j] = 1.0;
        w->apart[i * Np + i] = 0.0;
        w->count[i] = 0;
    }
    for (int i = 0; i < N; i++) {
        int any = 0;
        for (int c = 0; c < B; c++) any |= in->members[c * N + i] != 0.0;
        if (any) w->party[w->n_party++] = i;
    }
    for (int c = 0; c < B; c++) {
        partnership *b = &w->b[c];
        b->l = in->lev[c];
        b->n = b->begun = b->alive = b->ended = b->packed = 0;
        b->founding_lead = (int)in->lead[c];
        b->founders = b->agenda = 0;
        for (int i = 0; i < N; i++) b->founders += in->members[c * N + i] != 0.0;
        for (int k = 0; k < K; k++)
            if (in->focus[c * K + k] != 0.0) b->objective[b->agenda++] = k;
        b->meetings = b->experience = b->backlog = b->delivered = 0.0;
        for (int a = 0; a < B; a++) {
            int both = 0, either = 0;
            for (int k = 0; k < K; k++) {
                int x = in->focus[a * K + k] != 0.0, y = in->focus[c * K + k] != 0.0;
                both += x & y;
                either += x | y;
            }
            w->overlap[c * B + a] =
                0.5 * (p->coupling + (1.0 - p->coupling) * (either ? (double)both / either : 0.0));
        }
    }
}

/* ---- seats --------------------------------------------------------------------------- */

static void pack_trust(state *w, partnership *b)
{
    const int n = b->n, Np = w->Np, np = ROUND_UP(n);
    for (int j = 0; j < n; j++) {
        double *in = b->trust_in + j * Np, *by = b->trust_by + j * Np;
        const double *row = w->tau + b->who[j] * Np;
        for (int i = 0; i < n; i++) {
            by[i] = row[b->who[i]];
            in[i] = w->tau[b->who[i] * Np + b->who[j]];
        }
        for (int i = n; i < np; i++) in[i] = by[i] = 0.0;
        in[j] = by[j] = 0.0;
    }
    b->packed = 1;
}

static void unpack_trust(state *w, partnership *b)
{
    if (!b->packed) return;
    for (int j = 0; j < b->n; j++)
        for (int i = 0; i < b->n; i++)
            if (i != j) w->tau[b->who[i] * w->Np + b->who[j]] = b->trust_in[j * w->Np + i];
    b->packed = 0;
}

static void gather(state *w, partnership *b, const double *from, double *to)
{
    const int n = b->n, Np = w->Np;
    for (int k = 0; k < w->K; k++)
        for (int i = 0; i < n; i++) to[k * Np + i] = from[k * Np + b->who[i]];
}

static void scatter(state *w, partnership *b, const double *from, double *to)
{
    const int n = b->n, Np = w->Np;
    for (int k = 0; k < w->K; k++)
        for (int i = 0; i < n; i++) to[k * Np + b->who[i]] = from[k * Np + i];
}

/* After members came or went: everything that is kept per seat but never changes. */
static void seat(state *w, partnership *b)
{
    const int n = b->n, Np = w->Np, np = ROUND_UP(n);
    for (int i = 0; i < n; i++) {
        b->here[i] = 1.0;
        b->senior[i] = w->in->senior[b->who[i]];
        b->unreliable[i] = 1.0 - w->in->operational[b->who[i]];
    }
    for (int i = n; i < np; i++)
        b->here[i] = b->senior[i] = b->unreliable[i] = b->z[i] = b->E[i] = b->x[i] = b->kept[i] =
            0.0;
    gather(w, b, w->w, b->w);
    for (int k = 0; k < w->K; k++)
        for (int i = n; i < np; i++) b->w[k * Np + i] = b->v[k * Np + i] = b->g[k * Np + i] = 0.0;
    b->packed = 0;
    b->stale = 1;
}

static void list_active(state *w)
{
    w->n_active = w->n_living = 0;
    for (int a = 0; a < w->n_party; a++) w->count[w->party[a]] = 0;
    for (int c = 0; c < w->B; c++)
        if (w->b[c].alive) {
            w->living[w->n_living++] = c;
            for (int i = 0; i < w->b[c].n; i++) w->count[w->b[c].who[i]]++;
        }
    for (int a = 0; a < w->n_party; a++) {
        int i = w->party[a];
        if (w->count[i]) {
            w->seat_in_union[i] = w->n_active;
            w->active[w->n_active++] = i;
        }
        for (int k = 0; k < w->K; k++) w->share[k * w->Np + i] = w->w[k * w->Np + i];
        w->paid[i] = w->joined[i] = 0.0;
    }
}

/* Step 1. Returns 1 if any membership changed. */
static int begin_and_end(state *w, int t)
{
    const parameters *p = &w->p;
    int changed = 0;
    for (int c = 0; c < w->B; c++) {
        partnership *b = &w->b[c];
        if (b->alive) {
            int why = 0;
            if (b->n < 2) why = COLLAPSED;
            else if (t >= b->l.last) why = DATED_END;
            else if (b->l.target > 0.0 && b->delivered >= b->l.target) why = COMPLETED;
            else if (b->l.review_months > 0.0
                     && fmod((double)(t - b->begun), b->l.review_months) == 0.0) {
                double worth = 0.0;
                for (int i = 0; i < b->n; i++) worth += b->E[i] / dmax(w->U[b->who[i]], 1e-9);
                if (worth / b->n < 1.0) why = REVIEWED_OUT;
            }
            if (why) {
                unpack_trust(w, b);
                b->alive = 0;
                b->ended = why;
                b->n = 0;
                b->backlog = b->hours = 0.0;
                changed = 1;
            }
        } else if (!b->ended && b->founders >= 2 && t >= b->l.start) {
            if (b->l.trigger != 0.0) {
                if (t < 12) continue;
                const double *met = w->in->month + (size_t)M_MET * (size_t)w->T;
                double year = 0.0, quarter = 0.0;
                for (int u = t - 12; u < t; u++) year += met[u];
                for (int u = t - 3; u < t; u++) quarter += met[u];
                if (!(quarter / 3.0 < (1.0 - b->l.trigger) * (year / 12.0))) continue;
            }
            b->alive = 1;
            b->begun = t;
            b->n = 0;
            b->lead = b->founding_lead;
            for (int i = 0; i < w->N; i++) {
                if (w->in->members[c * w->N + i] == 0.0) continue;
                double elsewhere = 0.0;
                for (int a = 0; a < w->B; a++)
                    if (a != c && w->b[a].alive)
                        for (int s = 0; s < w->b[a].n; s++)
                            if (w->b[a].who[s] == i) elsewhere += w->b[a].z[s];
                int s = b->n++;
                b->who[s] = i;
                b->z[s] = dmax(0.0, dmin(p->first_share, p->max_share - elsewhere));
                b->E[s] = p->expectation * w->U[i];
                b->sour[s] = 0;
            }
            b->meetings = b->l.meetings;
            b->experience = b->backlog = b->delivered = 0.0;
            seat(w, b);
            changed = 1;
        }
    }
    if (changed) {
        for (int c = 0; c < w->B; c++) unpack_trust(w, &w->b[c]);
        list_active(w);
    }
    return changed;
}

/* Step 2, the part that changes only with members, lead or meetings. */
static void refresh(state *w, partnership *b)
{
    const parameters *p = &w->p;
    const int n = b->n;
    int there = 0;
    for (int i = 0; i < n; i++) there |= b->who[i] == b->lead;
    if (!there) {
        int best = b->who[0];
        for (int i = 1; i < n; i++)
            if (w->cap[b->who[i]] > w->cap[best]
                || (w->cap[b->who[i]] == w->cap[best] && b->who[i] < best))
                best = b->who[i];
        b->lead = best;
    }
    const int independent = b->l.independent != 0.0;
    const double wanted = b->l.lead_hours * n;
    const double reach =
        independent || wanted == 0.0 ? 1.0 : dmin(1.0, b->l.lead_share * w->cap[b->lead] / wanted);
    const double L = b->strength = b->l.lead_strength * reach;
    b->contact = 1.0 - exp(-p->view_rate * b->meetings * b->l.hours / n);
    b->supply = b->meetings * b->l.hours * (b->l.facilitation0 + (1.0 - b->l.facilitation0) * L)
              * pow(b->l.authority, dmax(2.0, p->consent * n) - 1.0);
    if (w->off & OFF_OVERHEAD) b->pay = b->lead_pay = 0.0;
    else {
        b->pay = b->meetings * (b->l.hours + b->l.prep) * b->l.reps + p->monitor_hours
               + p->engage_hours + p->protocols * p->protocol_hours;
        b->lead_pay = 0.0;
        if (independent) b->pay += L * (wanted + b->l.secretariat) / n;
        else b->lead_pay = L * wanted;
    }
    b->overhead = b->pay * n + b->lead_pay;
    b->stale = 0;
}

/* Step 3 for one partnership: views, then what its members know. */
static void talk(state *w, partnership *b, double eps)
{
    const parameters *p = &w->p;
    const int n = b->n, K = w->K, Np = w->Np, np = ROUND_UP(n);
    const double mu = b->contact, L = b->strength;
    int lead = 0;
    for (int i = 0; i < n; i++)
        if (b->who[i] == b->lead) lead = i;
    if (!b->packed) pack_trust(w, b);
    gather(w, b, w->v, b->v);
    gather(w, b, w->g, b->g);
    const int views = !(w->off & OFF_ALIGNMENT);
    for (int at = 0; at < np; at += LANES) {
        vec weight = vset(0.0);
        for (int j = 0; j < n; j++) weight += CV(b->trust_in + j * Np + at);
        const vec part = vset(1.0) / vpick_gt(weight, vset(0.0), weight, vset(1.0));
        for (int k = 0; k < K; k++) {
            vec heard = vset(0.0), peer = vset(0.0);
            const double *vk = b->v + k * Np, *gk = b->g + k * Np;
            for (int j = 0; j < n; j++) {
                vec tau = CV(b->trust_in + j * Np + at);
                peer += tau * vset(vk[j]);
                heard += tau * vset(gk[j]);
            }
            V(w->peer + k * Np + at) = vpick_gt(weight, vset(0.0), peer * part, CV(vk + at));
            V(w->heard + k * Np + at) = vpick_gt(weight, vset(0.0), heard * part, CV(gk + at));
        }
    }
    if (views) {
        double lead_view[K];
        for (int k = 0; k < K; k++) lead_view[k] = b->v[k * Np + lead];
        for (int at = 0; at < np; at += LANES) {
            vec sum = vset(0.0);
            for (int k = 0; k < K; k++) {
                vec v = CV(b->v + k * Np + at), peer = CV(w->peer + k * Np + at);
                peer += vset(0.5 * L) * (vset(lead_view[k]) - peer);
                vec x = v + vset(mu) * (peer - v)
                      + vset(p->evidence + eps) * (vset(w->toward[k]) - v)
                      + vset(p->self_interest) * (CV(b->w + k * Np + at) - v);
                x = vmax(x, vset(0.0)) * CV(b->here + at);
                V(b->v + k * Np + at) = x;
                sum += x;
            }
            sum = vset(1.0) / vpick_gt(sum, vset(0.0), sum, vset(1.0));
            for (int k = 0; k < K; k++) V(b->v + k * Np + at) = CV(b->v + k * Np + at) * sum;
        }
    } else
        for (int k = 0; k < K; k++)
            for (int at = 0; at < np; at += LANES)
                V(b->v + k * Np + at) = vset(w->toward[k]) * CV(b->here + at);
    const vec rate = vset(p->sharing * mu);
    for (int k = 0; k < K; k++)
        for (int at = 0; at < np; at += LANES) {
            vec g = CV(b->g + k * Np + at);
            V(b->g + k * Np + at) = g + rate * vmax(vset(0.0), CV(w->heard + k * Np + at) - g);
            V(w->heard + k * Np + at) = g;
        }
    if (eps != 0.0)
        for (int a = 0; a < b->agenda; a++)
            for (int at = 0, k = b->objective[a]; at < np; at += LANES)
                V(b->g + k * Np + at) =
                    CV(b->g + k * Np + at)
                    + vset(eps) * (vset(1.0) - CV(w->heard + k * Np + at)) * CV(b->here + at);
    scatter(w, b, b->v, w->v);
    scatter(w, b, b->g, w->g);
}

/* Mean disagreement needs the sum of d over pairs (each once). */
static double disagreement_sum(state *w, partnership *b)
{
    const int n = b->n, K = w->K, Np = w->Np, np = ROUND_UP(n);
    vec sum = vset(0.0);
    for (int j = 0; j < n; j++)
        for (int at = 0; at < np; at += LANES) {
            vec d = vset(0.0);
            for (int k = 0; k < K; k++) d += vabs(CV(b->v + k * Np + at) - vset(b->v[k * Np + j]));
            sum += d * CV(b->here + at);
        }
    return 0.25 * vsum(sum);
}

/* Step 5 when only one lives. */
static double issues_alone(state *w, partnership *b)
{
    const parameters *p = &w->p;
    const int n = b->n, K = w->K, Np = w->Np, np = ROUND_UP(n);
    vec total = vset(0.0), apart = vset(0.0);
    for (int at = 0; at < np; at += LANES) {
        const vec z = CV(b->z + at), here = CV(b->here + at);
        for (int j = 0; j < n; j++) {
            vec d = vset(0.0);
            for (int k = 0; k < K; k++) d += vabs(CV(b->v + k * Np + at) - vset(b->v[k * Np + j]));
            d *= vset(0.5);
            vec tau = vset(0.5) * (CV(b->trust_in + j * Np + at) + CV(b->trust_by + j * Np + at));
            vec hard = (vset(1.0) - vset(p->trust_relief) * vmax(vset(p->protocols), tau))
                     * (vset(1.0) + vset(p->disagreement) * d);
            total += vset(b->z[j]) * z * hard * CV(w->apart + j * Np + at);
            apart += d * here;
        }
    }
    b->clarity_sum = 0.5 * vsum(apart);
    return 0.5 * vsum(total);
}

/* Step 5 when several live: every pair of agencies in anything is worked out once. */
static void issues_among(state *w, double *issues)
{
    const parameters *p = &w->p;
    const int m = w->n_active, mp = ROUND_UP(m), K = w->K, Np = w->Np;
    for (int k = 0; k < K; k++) {
        for (int i = 0; i < m; i++) w->uv[k * Np + i] = w->v[k * Np + w->active[i]];
        for (int i = m; i < mp; i++) w->uv[k * Np + i] = 0.0;
    }
    for (int i = m; i < mp; i++) w->utrust[i] = 0.0;
    for (int j = 0; j < m; j++) {
        const int aj = w->active[j];
        const double *row = w->tau + aj * Np;
        for (int i = 0; i < m; i++)
            w->utrust[i] = 0.5 * (row[w->active[i]] + w->tau[w->active[i] * Np + aj]);
        for (int at = 0; at < mp; at += LANES) {
            vec d = vset(0.0);
            for (int k = 0; k < K; k++)
                d += vabs(CV(w->uv + k * Np + at) - vset(w->uv[k * Np + j]));
            V(w->uhard + j * Np + at) =
                (vset(1.0) - vset(p->trust_relief) * vmax(vset(p->protocols), CV(w->utrust + at)))
                * (vset(1.0) + vset(0.5 * p->disagreement) * d) * CV(w->apart + j * Np + at);
        }
    }
    for (int c = 0; c < w->n_living; c++) {
        partnership *b = &w->b[w->living[c]];
        for (int at = 0; at < mp; at += LANES) {
            vec y = vset(0.0);
            for (int i = 0; i < b->n; i++)
                y += vset(b->z[i]) * CV(w->uhard + w->seat_in_union[b->who[i]] * Np + at);
            V(w->uy + c * Np + at) = y;
        }
        issues[c] = 0.0;
    }
    for (int c = 0; c < w->n_living; c++) {
        partnership *b = &w->b[w->living[c]];
        for (int a = c; a < w->n_living; a++) {
            double s = 0.0;
            for (int i = 0; i < b->n; i++)
                s += b->z[i] * w->uy[a * Np + w->seat_in_union[b->who[i]]];
            if (a == c) issues[c] += 0.5 * s;
            else {
                s *= w->overlap[w->living[c] * w->B + w->living[a]];
                issues[c] += s;
                issues[a] += s;
            }
        }
    }
}

/* Step 6 for one partnership, before need is met. */
static void work_jointly(state *w, partnership *b, double weather)
{
    const parameters *p = &w->p;
    const int n = b->n, Np = w->Np, np = ROUND_UP(n), Sp = w->Sp;
    const double y = 1.0 / n + p->sharing * (1.0 - 1.0 / n);
    double *part = w->peer, *sum = w->row;
    for (int at = 0; at < np; at += LANES) {
        vec s = vset(0.0);
        for (int a = 0; a < b->agenda; a++) s += CV(b->v + b->objective[a] * Np + at);
        V(sum + at) = s;
    }
    for (int a = 0; a < b->agenda; a++) {
        const int k = b->objective[a];
        vec all = vset(0.0);
        for (int at = 0; at < np; at += LANES) {
            vec s = CV(sum + at), even = vset(1.0 / b->agenda);
            vec share =
                vpick_gt(s, vset(0.0),
                         CV(b->v + k * Np + at) / vpick_gt(s, vset(0.0), s, vset(1.0)), even)
                * CV(b->here + at);
            all += share;
            V(part + at) = share * CV(b->x + at);
        }
        double bought = b->bought * vsum(all) / n;
        for (int s = 0; s < Sp; s += LANES) {
            vec h0 = vset(bought) * CV(w->r + k * Sp + s), h1 = vset(0.0);
            int i = 0;
            for (; i + 1 < n; i += 2) {
                h0 += vset(part[i]) * CV(w->skill + b->who[i] * Sp + s);
                h1 += vset(part[i + 1]) * CV(w->skill + b->who[i + 1] * Sp + s);
            }
            if (i < n) h0 += vset(part[i]) * CV(w->skill + b->who[i] * Sp + s);
            V(w->hours + s) = h0 + h1;
        }
        double h = 0.0;
        for (int s = 0; s < Sp; s += LANES) h += vsum(CV(w->hours + s));
        b->joint[a] = 0.0;
        if (!(h > 0.0)) continue;
        /* the product in one go; 20 factors of 1e-12 are still far from underflow */
        double log_ignorance = 0.0, product = 1.0;
        for (int i = 0; i < n; i++) {
            product *= dmax(1.0 - b->g[k * Np + i], 1e-12);
            if (i % 20 == 19 && i + 1 < n) {
                log_ignorance += log(product);
                product = 1.0;
            }
        }
        log_ignorance += log(product);
        b->joint[a] = weather * b->settled * dmax(0.0, h - p->setup_hours) / h
                    * (1.0 - p->targeting * exp(y * log_ignorance))
                    * produce(w->hours, w->r2 + k * Sp, w->in->crosscut[k], Sp);
        w->output[k] += b->joint[a];
    }
}

/* Own work of every agency. Fills y and q, before the ambient factor and the weather. */
static inline __attribute__((always_inline)) void own_work(state *w, double weather, const int Sp)
{
    const int K = w->K, N = w->N, Np = w->Np;
    const double targeting = w->p.targeting, ambient = w->p.ambient;
    const vec one = vset(1.0), care = vset(targeting);
    for (int k = 0; k < K; k++) {
        double *qk = w->q + k * Np, *yk = w->y + k * Np;
        const double kappa = w->in->crosscut[k];
        vec sum = vset(0.0);
        unsigned tiny = 0;
        for (int at = 0; at < Np; at += LANES) {
            /* (1 - care) + care * g is quicker, but does not round to 0 where this does. */
            vec g = CV(w->g + k * Np + at), h = CV(w->o + at) * CV(w->share + k * Np + at),
                q = (one - care * (one - g)) * h, y;
            tiny |= vtiny(h, CV(w->tiny + k * Np + at));
            if (w->any_empty[k])
                y = q
                  * (vset(1.0 - kappa) * CV(w->linear + at)
                     + vset(kappa) / (CV(w->drag + k * Np + at) + CV(w->empty + k * Np + at) * h));
            else y = q * CV(w->per_hour + k * Np + at);
            V(qk + at) = q;
            V(yk + at) = y;
            sum += y;
        }
        if (tiny) {
            for (int i = 0; i < N; i++) {
                double h = w->o[i] * w->share[k * Np + i];
                if (!(h > 0.0 && h < w->tiny[k * Np + i])) continue;
                double H = 0.0, drag = 0.0;
                for (int s = 0; s < w->S; s++) {
                    double hs = h * w->skill[i * Sp + s];
                    H += hs;
                    drag += w->r2[k * Sp + s] / dmax(hs, FLOOR_HOURS);
                }
                yk[i] = H > 0.0 ? (1.0 - targeting * (1.0 - w->g[k * Np + i]))
                                      * ((1.0 - kappa) * H + kappa / drag)
                                : 0.0;
            }
            sum = vset(0.0);
            for (int at = 0; at < Np; at += LANES) sum += CV(yk + at);
        }
        const double apart = vsum(sum);
        double factor = 1.0;
        if (ambient != 0.0 && apart > 0.0) {
            vec total = vset(0.0), drag = vset(0.0);
            for (int s = 0; s < Sp; s += LANES) {
                vec h0 = vset(0.0), h1 = vset(0.0);
                int i = 0;
                for (; i + 1 < N; i += 2) {
                    h0 += vset(qk[i]) * CV(w->skill + i * Sp + s);
                    h1 += vset(qk[i + 1]) * CV(w->skill + (i + 1) * Sp + s);
                }
                if (i < N) h0 += vset(qk[i]) * CV(w->skill + i * Sp + s);
                h0 += h1;
                total += h0;
                drag += CV(w->r2 + k * Sp + s) / vmax(h0, vset(FLOOR_HOURS));
            }
            double H = vsum(total), pooled = H > 0.0 ? (1.0 - kappa) * H + kappa / vsum(drag) : 0.0;
            factor = (1.0 - ambient) + ambient * pooled / apart;
        }
        w->factor[k] = weather * factor;
        w->output[k] = weather * factor * apart;
    }
}

static void live(state *w, void *work, const arm *in)
{
    lay_out(w, work, in);
    prepare(w);
    const parameters *p = &w->p;
    const int N = w->N, K = w->K, T = w->T, B = w->B, Np = w->Np, Kp = w->Kp, Sp = w->Sp,
              off = w->off;
    const double C = w->rates[0], M = 1.0 - exp(-p->monitor_hours / p->monitor_half);
    const double eps = p->engage_max * (1.0 - exp(-p->engage_hours / p->engage_half));
    const double persist = p->climate_persistence,
                 swing = sqrt(1.0 - persist * persist) * p->climate_sd;
    const double half_variance = 0.5 * p->climate_sd * p->climate_sd;
    double climate = 0.0;
    double *const month = in->month, *const board = in->board;
    double issues[B > 0 ? B : 1];

    for (int t = 0; t < T; t++) {
        /* 0 conditions: one vector exponential serves the objectives, and the weather in the last
         * lane */
        climate = persist * climate + swing * in->climate[t];
        for (int k = 0; k < K; k++) w->e[k] += p->need_drift * in->drift[t * K + k];
        w->e[Kp - 1] = climate - half_variance;
        double sum = 0.0, needed = 0.0;
        for (int k = 0; k < Kp; k += LANES) V(w->rates + k) = vexp(CV(w->e + k));
        const double weather = w->rates[Kp - 1];
        for (int k = 0; k < K; k++) {
            sum += w->rates[k];
            needed += w->need[k];
        }
        for (int k = 0; k < K; k++) w->inflow[k] = p->need_inflow * C * w->rates[k] / sum;

        /* 1 begin and end */
        if (B > 0) begin_and_end(w, t);
        const int living = w->n_living;
        if (living)
            for (int k = 0; k < K; k++) w->toward[k] = needed > 0.0 ? w->need[k] / needed : 1.0 / K;

        /* 2 hours */
        double overhead_hours = 0.0, joint_hours = 0.0, bought_hours = 0.0;
        memcpy(w->row, in->absence + (size_t)t * (size_t)N, sizeof(double) * (size_t)N);
        for (int i = N; i < Np; i++) w->row[i] = 0.0;
        for (int at = 0; at < Np; at += LANES) {
            vec there = CV(w->cap + at)
                      * vmax(vset(0.0), vset(1.0) + vset(p->absence_sd) * CV(w->row + at));
            vec support =
                CV(w->support + at) * (vset(1.0) - vset(p->reinvest) * CV(w->saving + at));
            V(w->free + at) = vmax(vset(0.0), there - support);
        }
        if (in->grant)
            for (int i = 0; i < N; i++) w->free[i] += in->grant[t * N + i];
        if (living) {
            for (int a = 0; a < w->n_active; a++)
                w->paid[w->active[a]] = w->joined[w->active[a]] = 0.0;
            for (int c = 0; c < living; c++) {
                partnership *b = &w->b[w->living[c]];
                if (b->stale) refresh(w, b);
                for (int i = 0; i < b->n; i++) w->paid[b->who[i]] += b->pay;
                w->paid[b->lead] += b->lead_pay;
            }
            for (int a = 0; a < w->n_active; a++) {
                int i = w->active[a];
                w->paid[i] = dmin(w->paid[i], w->free[i]);
                w->free[i] -= w->paid[i];
                overhead_hours += w->paid[i];
            }
        }

        /* 3 talk */
        for (int at = 0; at < K * Np; at += LANES)
            V(w->g + at) = CV(w->g + at) * CV(w->keep_g + at) + CV(w->learn_g + at);
        if (living) {
            for (int c = 0; c < living; c++) talk(w, &w->b[w->living[c]], eps);
            for (int k = 0; k < K; k++)
                for (int a = 0; a < w->n_active; a++) {
                    int at = k * Np + w->active[a];
                    w->share[at] = w->w[at] + p->spillover * (w->v[at] - w->w[at]);
                }

            /* 4 promise and deliver */
            for (int c = 0; c < living; c++) {
                partnership *b = &w->b[w->living[c]];
                const int n = b->n;
                const double *shock = in->slip + (size_t)t * (size_t)N;
                const double firm =
                    (1.0 - p->accountability * b->strength) * (1.0 - p->monitor_cut * M);
                double H = 0.0;
                if (living > 1) {
                    gather(w, b, w->v, b->v);
                    gather(w, b, w->g, b->g);
                }
                for (int i = 0; i < n; i++) {
                    const int a = b->who[i];
                    if (off & OFF_COMMITMENT) b->z[i] = p->max_share / w->count[a];
                    double slip =
                        off & OFF_SLIPPAGE
                            ? 0.0
                            : dmin(1.0, dmax(0.0, b->unreliable[i] * firm + p->slip_sd * shock[a]));
                    double promised = dmin(1.0, p->ambition * b->z[i]) * w->free[a];
                    double x = b->z[i] * w->free[a] * (1.0 - slip);
                    b->x[i] = x;
                    b->kept[i] = promised > 0.0 ? dmin(1.0, x / promised) : 0.0;
                    w->joined[a] += x;
                    H += x;
                }
                b->hours = H;
                joint_hours += H;
            }

            /* 5 settle issues */
            if (living == 1) issues[0] = issues_alone(w, &w->b[w->living[0]]);
            else {
                issues_among(w, issues);
                for (int c = 0; c < living; c++)
                    w->b[w->living[c]].clarity_sum = disagreement_sum(w, &w->b[w->living[c]]);
            }
            for (int c = 0; c < living; c++) {
                partnership *b = &w->b[w->living[c]];
                double ease =
                    p->learning == 0.0 ? 1.0 : pow(1.0 + b->experience / 12.0, -p->learning);
                double load = b->load = p->issue_hours * ease * issues[c] + b->backlog;
                double done = dmin(load, b->supply);
                b->settled = load > 0.0 ? done / load : 1.0;
                b->backlog = p->carry * (load - done);
                if (off & OFF_COORDINATION) {
                    b->settled = 1.0;
                    b->backlog = 0.0;
                }
            }
        }

        /* 6 produce */
        for (int at = 0; at < Np; at += LANES) V(w->o + at) = CV(w->free + at);
        for (int a = 0; a < w->n_active; a++) w->o[w->active[a]] -= w->joined[w->active[a]];
        if (Sp == LANES) own_work(w, weather, LANES);
        else if (Sp == 8) own_work(w, weather, 8);
        else own_work(w, weather, Sp);
        for (int c = 0; c < living; c++) {
            partnership *b = &w->b[w->living[c]];
            b->bought = 0.0;
            const double since = t - dmax(b->begun, b->l.fund_start);
            if (since >= 0.0 && since < b->l.fund_months)
                b->bought = p->fund_efficiency
                          * (b->l.matched != 0.0 ? dmin(b->l.fund, b->hours) : b->l.fund);
            bought_hours += b->bought;
            work_jointly(w, b, weather);
        }
        double met = 0.0, left = 0.0, joint_met = 0.0;
        for (int k = 0; k < Kp; k += LANES) {
            vec n = CV(w->need + k), O = CV(w->output + k), zero = vset(0.0), one = vset(1.0);
            vec m = -n * vexpm1(-O / vpick_gt(n, zero, n, one));
            V(w->met + k) = m;
            V(w->scale + k) = m / vpick_gt(O, zero, O, one);
            V(w->need + k) = n + (CV(w->inflow + k) - m);
        }
        for (int k = 0; k < K; k++) {
            met += w->met[k];
            left += w->need[k];
            in->met_by_objective[t * K + k] = w->met[k];
            w->factor[k] *= w->scale[k];
        }
        double own_hours = 0.0;
        {
            vec total = vset(0.0);
            for (int at = 0; at < Np; at += LANES) {
                vec own = vset(0.0), o = CV(w->o + at);
                for (int k = 0; k < K; k++) own += CV(w->y + k * Np + at) * vset(w->factor[k]);
                V(w->own + at) = own;
                total += o;
            }
            own_hours = vsum(total);
        }
        memcpy(in->own_met + (size_t)t * (size_t)N, w->own, sizeof(double) * (size_t)N);

        double given_up = 0.0, saved = 0.0;
        if (B > 0) {
            /* 7 learn; what an hour brings matters only to those who ever are in anything */
            const double rate = t == 0 ? 1.0 : p->memory;
            for (int at = 0; at < Np; at += LANES) {
                vec mine = vset(0.0), o = CV(w->o + at), u = CV(w->U + at), v = CV(w->Vp + at),
                    floor = vset(1e-6);
                vec per = vset(1.0) / vpick_gt(o, floor, o, vset(1.0));
                for (int k = 0; k < K; k++)
                    mine += CV(w->w + k * Np + at) * CV(w->y + k * Np + at) * vset(w->factor[k]);
                V(w->U + at) = vpick_gt(o, floor, u + vset(rate) * (mine * per - u), u);
                V(w->Vp + at) = vpick_gt(o, floor, v + vset(rate) * (CV(w->own + at) * per - v), v);
            }
            memset(w->saving, 0, sizeof(double) * (size_t)Np);
        }
        if (living) {
            for (int c = 0; c < living; c++) {
                partnership *b = &w->b[w->living[c]];
                const int n = b->n, np = ROUND_UP(n);
                const double cost = b->hours + p->overhead_salience * b->overhead,
                             part = b->hours > 1e-6 ? 1.0 / cost : 0.0;
                const double *blur = in->perceive + (size_t)t * (size_t)N;
                double worth[K];
                for (int a = 0; a < b->agenda; a++) {
                    double j = b->joint[a] * w->scale[b->objective[a]];
                    joint_met += j;
                    b->delivered += j;
                    worth[a] = j * part;
                }
                for (int i = 0; i < n; i++) w->row[i] = blur[b->who[i]];
                for (int i = n; i < np; i++) w->row[i] = 0.0;
                for (int at = 0; at < np; at += LANES) {
                    vec R = vset(0.0), E = CV(b->E + at);
                    for (int a = 0; a < b->agenda; a++)
                        R += CV(b->w + b->objective[a] * Np + at) * vset(worth[a]);
                    R *= vmax(vset(0.0),
                              vset(1.0) + vset(p->perceive_sd * (1.0 - M)) * CV(w->row + at));
                    V(b->E + at) = E + vset(p->memory) * (R - E);
                }
            }

            /* 8 trust */
            for (int c = 0; c < living; c++) {
                partnership *b = &w->b[w->living[c]];
                const int n = b->n, np = ROUND_UP(n);
                const double *blur = in->observe + (size_t)t * (size_t)N;
                for (int i = 0; i < n; i++)
                    b->kept[i] = dmin(
                        1.0, dmax(0.0, b->kept[i] + p->observe_sd * (1.0 - M) * blur[b->who[i]]));
                if (living > 1) pack_trust(w, b);
                for (int at = 0; at < np; at += LANES) {
                    const vec seen = CV(b->kept + at), here = CV(b->here + at);
                    const vec gain = vset(b->contact * p->trust_gain),
                              loss = vset(b->contact * p->trust_loss), one = vset(1.0);
                    for (int j = 0; j < n; j++) {
                        vec in_j = CV(b->trust_in + j * Np + at),
                            by_j = CV(b->trust_by + j * Np + at);
                        vec pair = here * CV(w->apart + j * Np + at), kept = vset(b->kept[j]);
                        V(b->trust_in + j * Np + at) =
                            in_j + pair * (gain * kept * (one - in_j) - loss * (one - kept) * in_j);
                        V(b->trust_by + j * Np + at) =
                            by_j + pair * (gain * seen * (one - by_j) - loss * (one - seen) * by_j);
                    }
                }
                if (living > 1) unpack_trust(w, b);
                b->experience += 1.0;
            }
        }
        int views_moved = 0;
        for (int a = 0; a < w->n_party; a++) {
            const int j = w->party[a];
            if (!(in->turnover[t * N + j] < p->turnover)) continue;
            views_moved = 1;
            for (int c = 0; c < living; c++) unpack_trust(w, &w->b[w->living[c]]);
            for (int x = 0; x < w->n_party; x++) {
                const int i = w->party[x];
                if (i == j) continue;
                w->tau[i * Np + j] *= 1.0 - p->turnover_loss;
                w->tau[j * Np + i] *= 1.0 - p->turnover_loss;
            }
            for (int k = 0; k < K; k++)
                w->v[k * Np + j] += p->turnover_loss * (w->w[k * Np + j] - w->v[k * Np + j]);
            for (int c = 0; c < living; c++) {
                partnership *b = &w->b[w->living[c]];
                for (int i = 0; i < b->n; i++)
                    if (b->who[i] == j) {
                        b->E[i] += p->turnover_loss * (w->U[j] - b->E[i]);
                        b->experience *= 1.0 - p->turnover_loss / b->n;
                    }
            }
        }

        /* 9 commit */
        int left_any = 0;
        for (int c = 0; c < living; c++) {
            partnership *b = &w->b[w->living[c]];
            const int n = b->n, np = ROUND_UP(n);
            if (!b->packed) pack_trust(w, b);
            if (views_moved) gather(w, b, w->v, b->v);
            double *new_z = w->row;
            const double sweet = b->bought > 0.0 ? p->sweetener : 0.0;
            vec trust_total = vset(0.0);
            for (int i = 0; i < n; i++) w->peer[i] = w->U[b->who[i]];
            for (int i = n; i < np; i++) w->peer[i] = 0.0;
            for (int at = 0; at < np; at += LANES) {
                vec weight = vset(0.0), others = vset(0.0), one = vset(1.0), floor = vset(1e-6);
                for (int j = 0; j < n; j++) {
                    vec tau = CV(b->trust_in + j * Np + at);
                    weight += tau;
                    others += tau * vset(b->z[j]);
                }
                others = others / vpick_gt(weight, vset(0.0), weight, one);
                trust_total += weight;
                vec pull = vset(p->sensitivity)
                             * vlog(vmax(CV(b->E + at), floor) / vmax(CV(w->peer + at), floor))
                         + vset(sweet);
                pull = vmin(vset(50.0), vmax(vset(-50.0), pull));
                vec want = vset(p->max_share)
                         * (one - vset(p->trust_weight) * (one - weight * vset(1.0 / (n - 1))))
                         / (one + vexp(-pull));
                vec z = CV(b->z + at);
                V(new_z + at) = z
                              + vset(p->adapt)
                                    * (CV(b->senior + at)
                                           * (vset(1.0 - p->reciprocity) * want
                                              + vset(p->reciprocity) * others)
                                       - z);
            }
            for (int at = 0; at < np; at += LANES) V(b->z + at) = CV(new_z + at) * CV(b->here + at);
            b->rate = vsum(trust_total);
            b->disappointed = 0;
            if (p->shareable != 0.0)
                for (int i = 0; i < n; i++)
                    w->saving[b->who[i]] =
                        dmax(w->saving[b->who[i]], p->shareable * b->z[i] * b->settled);
            if (!(off & OFF_COMMITMENT))
                for (int i = 0; i < n; i++) {
                    b->sour[i] = b->E[i] < p->exit_ratio * w->peer[i] ? b->sour[i] + 1 : 0;
                    b->disappointed += b->sour[i] * (1.0 - p->mandate) >= p->patience;
                }
            if (views_moved) b->clarity_sum = disagreement_sum(w, b);
            if (b->disappointed) {
                left_any = 1;
                unpack_trust(w, b);
                int kept = 0;
                for (int i = 0; i < n; i++) {
                    if (b->sour[i] * (1.0 - p->mandate) >= p->patience) continue;
                    b->who[kept] = b->who[i];
                    b->z[kept] = b->z[i];
                    b->E[kept] = b->E[i];
                    b->sour[kept] = b->sour[i];
                    kept++;
                }
                b->n = kept;
                seat(w, b);
                if (kept) {
                    gather(w, b, w->v, b->v);
                    pack_trust(w, b);
                    double total = 0.0;
                    for (int j = 0; j < kept; j++)
                        for (int i = 0; i < kept; i++) total += b->trust_in[j * Np + i];
                    b->rate = total;
                    b->clarity_sum = disagreement_sum(w, b);
                } else b->rate = b->clarity_sum = 0.0;
            }
            if (b->l.adaptive != 0.0 && !(off & OFF_COORDINATION) && (t - b->begun) % 6 == 5) {
                double before = b->meetings;
                if (b->supply > 2.0 * b->load) b->meetings = dmax(1.0 / 6.0, b->meetings * 0.7);
                else if (b->load > b->supply) b->meetings = dmin(4.0, b->meetings * 1.3);
                if (b->meetings != before) b->stale = 1;
            }
        }
        if (living > 1) {
            /* trust lives in the common matrix as long as there are several */
            for (int c = 0; c < living; c++) w->b[w->living[c]].packed = 0;
            for (int a = 0; a < w->n_active; a++) w->heard[w->active[a]] = 0.0;
            for (int c = 0; c < living; c++) {
                partnership *b = &w->b[w->living[c]];
                for (int i = 0; i < b->n; i++) w->heard[b->who[i]] += b->z[i];
            }
            for (int c = 0; c < living; c++) {
                partnership *b = &w->b[w->living[c]];
                for (int i = 0; i < b->n; i++)
                    if (w->heard[b->who[i]] > p->max_share)
                        b->z[i] *= p->max_share / w->heard[b->who[i]];
            }
        } else if (living == 1)
            for (int i = 0; i < w->b[w->living[0]].n; i++)
                w->b[w->living[0]].z[i] = dmin(w->b[w->living[0]].z[i], p->max_share);

        /* 10 record */
        for (int a = 0; a < w->n_active; a++) {
            const int i = w->active[a];
            given_up += w->Vp[i] * (w->paid[i] + w->joined[i]);
            saved += w->support[i] * w->saving[i];
        }
        month[M_MET * T + t] = met;
        month[M_UNMET * T + t] = left;
        month[M_JOINT_MET * T + t] = joint_met;
        month[M_OVERHEAD * T + t] = overhead_hours;
        month[M_JOINT_HOURS * T + t] = joint_hours;
        month[M_OWN_HOURS * T + t] = own_hours;
        month[M_SAVED * T + t] = saved;
        month[M_NET_YIELD * T + t] = joint_met - given_up;
        month[M_BOUGHT * T + t] = bought_hours;
        for (int c = 0; c < B; c++) {
            partnership *b = &w->b[c];
            double *at = board + (size_t)t * (size_t)B + c;
            const size_t col = (size_t)T * (size_t)B;
            if (!b->alive) {
                for (int x = 0; x < BOARD_COLUMNS; x++) at[x * col] = 0.0;
                at[B_SETTLED * col] = at[B_CLARITY * col] = 1.0;
                at[B_ENDED * col] = b->ended;
                continue;
            }
            const int n = b->n;
            double z = 0.0, appeal = 0.0;
            for (int i = 0; i < n; i++) {
                z += b->z[i];
                appeal += b->E[i] / dmax(w->U[b->who[i]], 1e-9);
            }
            at[B_MEMBERS * col] = n;
            at[B_COMMITMENT * col] = n ? z / n : 0.0;
            at[B_TRUST * col] = n > 1 ? b->rate / ((double)n * (n - 1)) : 0.0;
            at[B_SETTLED * col] = b->settled;
            at[B_CLARITY * col] = n > 1 ? 1.0 - b->clarity_sum / (0.5 * n * (n - 1)) : 1.0;
            at[B_APPEAL * col] = n ? appeal / n : 0.0;
            at[B_MEETINGS * col] = b->meetings;
            at[B_BOUGHT * col] = b->bought;
            at[B_JOINT_HOURS * col] = b->hours;
            at[B_BACKLOG * col] = b->backlog;
            at[B_LEAD_EFFECT * col] = b->strength;
            at[B_ENDED * col] = 0.0;
        }
        if (left_any) {
            for (int c = 0; c < B; c++) unpack_trust(w, &w->b[c]);
            list_active(w);
        }
    }
}

/* ---- entry points -------------------------------------------------------------------- */

/* Bytes of work space (64-byte aligned) that cg_run and cg_repeat need for an arm of this shape. */
int64_t cg_work_bytes(const arm *in)
{
    state w;
    return (int64_t)lay_out(&w, NULL, in);
}

/* Runs one arm and fills the columns. */
void cg_run(const arm *in, void *work)
{
    state w;
    live(&w, work, in);
}

/* Runs the same arm again and again, each time from the world as given. */
void cg_repeat(const arm *in, void *work, int64_t times)
{
    state w;
    for (int64_t i = 0; i < times; i++) live(&w, work, in);
}
