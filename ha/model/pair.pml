/*
 * The pair's protocol as a Promela model, checked exhaustively by spin.
 * See README.md in this folder for bounds, abstractions and results; run.sh checks this model and its mutations.
 *
 * Two members A (0) and B (1) hold data, the witness W (2) only votes; the voters are always {A, B, W}.
 *
 * Shape. One process picks any enabled action of any node, again and again. Every action is one atomic step of one
 * node: it reads durable state, volatile state and messages, and writes durable state before anything is visible.
 *
 * Messages are facts. A message, once sent, stays readable for ever, and nobody is forced to read it. That is loss
 * (never read), delay and reordering (read late), duplication (read twice) without limit and without a channel.
 *   prop[i]       proposal i and the mask of voters that have accepted it (the "accepted" answers)
 *   d[c].vote_*   the votes given to candidate c in its present candidacy, each with the roster it carries
 *   d[m].has      what a member has flushed, hence also its flush reports
 *
 * Time. There is no clock. d[m].lease holds one bit per other voter: "the newest heartbeat of m that this voter has
 * answered still counts". The rule P >= L (1+rho)/(1-rho) + tick, with the stand-down finished by lease end, says
 * exactly that a voter's promise outlives what the master may count of it. So while the bit is set the voter's promise
 * runs; the bit may fall at any moment (time passes); in the same step the master, if that was its right to act, has
 * stood down. A promise that runs longer than that only forbids votes, which is the same as a vote not being given,
 * so it needs no state. Restart quiet (Q >= P) is the same bit surviving the voter's restart.
 * With -DNO_CLOCKS promises and leases do not exist at all: any voter votes at any time and a master never stands down
 * by itself. The data rules must hold even then.
 *
 * Crash and restart are one step (a node that is down is a node that does nothing) and are unlimited, as are losses.
 * Left out because it only forbids steps: pre-vote, candidate delays, the position check of an elected member, and
 * turning to a higher term because of a message that is neither a vote request, a proposal nor a heartbeat.
 */

/* Bounds; run.sh sets them. */
#ifndef TERMS
#define TERMS 3           /* terms 1..TERMS; 5 at most. The last one only elects, promotes and opens: nothing could refute more */
#endif
#ifndef REVS
#define REVS 4            /* rosters per term: promoting, active {me}, then REVS - 2 changes; 8 at most */
#endif
#ifndef COMMITS
#define COMMITS 2         /* business commits in all; 3 at most */
#endif
#if REVS <= 4
#define STRIDE 4
#else
#define STRIDE 8
#endif

/* Some mutations need what FORGET would drop; a token is only worth something where directories get lost. */
#if defined(MUT_ACCEPT_OLD_TERM) || defined(MUT_SNAPSHOT) || defined(MUT_ADOPTION_COUNTS)
#define KEEP_ALL
#endif
#if defined(MUT_NO_TOKEN) || defined(MUT_TOKEN_LATE)
#define WIPES
#endif

/* The claims. A claim that fails is named in spin's message by its number. */
#define one_elected_per_term          901   /* I1 */
#define roster_order                  902   /* I2: a winner starts from every roster decided in an earlier term, or a newer one */
#define one_roster_per_revision       903   /* I2 */
#define terms_rise                    904
#define nothing_lost                  905   /* I3, I4: what was acknowledged, or shown, is on whoever is elected, promoted, opened */
#define one_acts                      906   /* I5, I6: one right to act; nobody acts in an older term than one that is won */
#define failed_promotion_bars_nobody  907   /* section 2, rule 4 */
#define CLAIM(name, what) assert(name == 0 || (what))

#define A 0
#define B 1
#define W 2
#define PEER(m) (1 - (m))
#define BIT(n)  (1 << (n))

/* Roles of a member. Everything from ELECTED on leads its term. */
#define FOLLOW    0
#define CANDIDATE 1
#define ELECTED   2       /* roster "promoting" proposed */
#define PROMOTED  3       /* PostgreSQL is primary, writes blocked; roster "active {me}" proposed */
#define OPEN      4       /* applications connected */
#define GATED     5       /* PostgreSQL restarted in place: primary, nobody connected (start gate) */
#define LINGERS   6       /* MUT_NO_FENCE, RELAX_FENCE: has answered a higher term and has not stopped PostgreSQL yet */
#define LEADS(m)  (d[m].role >= ELECTED && d[m].role <= GATED)
#define RUNS(m)   (d[m].role == OPEN || d[m].role == GATED)
#define SERVES(m) (d[m].role == OPEN || d[m].role == LINGERS)

/* What synchronous_standby_names really does at this moment (not what it shows). */
#define EMPTY    0        /* commits return at once */
#define WAITING  1        /* commits wait for the peer; the probe has not returned */
#define RETURNED 2        /* commits wait for the peer; the probe has returned */
#define ISSUED   3        /* MUT_PROBE_POSITION only: probe sent, but waiting is not in force yet */

typedef Voter {           /* durable */
  unsigned term : 3;
  unsigned vote : 2;      /* 0, or member + 1 */
  unsigned ros  : 6       /* index of the newest roster on this voter's disk */
};

typedef Member {
  unsigned role   : 3;
  unsigned lease  : 2;    /* bit 0: the peer's answer counts, bit 1: the witness's answer counts */
  unsigned sole   : 1;    /* alone by a decided roster, never restarted since */
  unsigned names  : 2;
  unsigned probe  : 3;    /* commits that lie before the position which the standby must pass to be admitted */
  unsigned etok   : 2;    /* the standby's token read when its admission began */
  unsigned has    : 3;    /* durable: commits flushed here */
  unsigned tok    : 2;    /* durable: token in the data directory, 0 none */
  unsigned tlast  : 2;    /* tokens are never used twice */
  unsigned vote_p : 6;    /* vote received from the peer: 0, or its roster + 1 */
  unsigned vote_w : 6     /* vote received from the witness */
};

Voter  v[3];
Member d[2];

/*
 * Rosters. Index = term * STRIDE + revision, so that the order of (term, revision) is the order of indices. One byte each:
 * bits 0-2 voters that have accepted it, bit 3 phase active, bits 4-5 A's token (0: not in sync), bits 6-7 B's token.
 */
byte prop[(TERMS + 1) * STRIDE];
#define ACTIVE_BIT      8
#define SYNC_MASK       (255 - 15)
#define ACCEPTED(i)     (prop[i] & 7)
#define IS_ACTIVE(i)    ((prop[i] & ACTIVE_BIT) != 0)
#define TOKEN(m, i)     ((prop[i] >> (4 + 2 * (m))) & 3)
#define ENTRY(m, token) ((token) << (4 + 2 * (m)))
#define TERM_OF(i)      ((i) / STRIDE)
#ifdef MUT_NO_TOKEN
#define LISTED(m, i)    (TOKEN(m, i) != 0)
#else
#define LISTED(m, i)    (d[m].tok != 0 && TOKEN(m, i) == d[m].tok)
#endif
#define ONLY(m, i)      (TOKEN(m, i) != 0 && TOKEN(PEER(m), i) == 0)
#ifdef MUT_MAJORITY_OF_ONE
#define MAJORITY(x)     ((x) != 0)
#else
#define MAJORITY(x)     ((x) == 3 || (x) >= 5)
#endif
#define DECIDED(i)      MAJORITY(ACCEPTED(i))

unsigned scratch : 6;     /* used within one step only, 0 between steps */

/* Ghosts: what only the checker sees. */
unsigned commits : 2;     /* commits made so far */
unsigned acked   : 3;     /* commits acknowledged, or shown to an application */
unsigned dec     : 6;     /* newest decided roster */
byte adopted[TERMS + 1];  /* per term won: roster the winner started from + 1; 0 not won */
#if defined(MUT_NO_QUIET) || defined(MUT_PROMISE_SHORT)
unsigned forgot : 3;      /* voters whose promise is over although it is counted */
#endif

#define MAX_TERM (v[A].term > v[B].term -> (v[A].term > v[W].term -> v[A].term : v[W].term) : (v[B].term > v[W].term -> v[B].term : v[W].term))

/* Bit of voter n in the lease of member m. */
#define LEASE_BIT(m, n) ((n) == W -> 2 : 1)
#define COUNTS(m, n)    ((n) != (m) && (d[m].lease & LEASE_BIT(m, n)) != 0)

/* Does voter n's promise run? */
#ifdef NO_CLOCKS
#define PROMISED(n) false
#else
#if defined(MUT_NO_QUIET) || defined(MUT_PROMISE_SHORT)
#define PROMISED(n) ((forgot & BIT(n)) == 0 && ((((n) != A) && COUNTS(A, n)) || (((n) != B) && COUNTS(B, n))))
#else
#define PROMISED(n) ((((n) != A) && COUNTS(A, n)) || (((n) != B) && COUNTS(B, n)))
#endif
#endif
#ifdef MUT_SELF_VOTE
#define SELF_PROMISED(n) false
#else
#define SELF_PROMISED(n) PROMISED(n)
#endif
#ifdef MUT_PROMISE_IGNORED
#define PEER_PROMISED(n) false
#else
#define PEER_PROMISED(n) PROMISED(n)
#endif

/* May m act on the world? */
#define ACTS(m)  (d[m].role >= OPEN)
#define RIGHT(m) (ACTS(m) || d[m].lease != 0)

#ifdef NO_CLOCKS
#define CHECK FORGET
#else
#define CHECK CLAIM(one_acts, !(RIGHT(A) && RIGHT(B))); FORGET
#endif

/*
 * Forgetting. After every step what no later step can read any more is set to one fixed value, so that states that
 * differ only in such remains are one state. -DKEEP_ALL leaves it out; run.sh compares both on a small bound.
 *   acceptances of a roster that nobody can accept any more and that no leader counts: only "decided or not" stays
 *   a roster that moreover lies on no disk and in no vote of a live candidacy: nothing stays
 *   the vote of a term in which nobody is or can become candidate any more
 *   the roster that a winner started from, once no earlier term can decide anything
 */
#ifdef KEEP_ALL
#define FORGET skip
#else
#define FORGET c_code { forget(); }
c_code {
  static void forget(void) {
    int i, n, t, readable, countable;
    for (i = 0; i < (TERMS + 1) * STRIDE; i++) {
      if (now.prop[i] == 0) continue;
      t = i / STRIDE;
      readable = countable = 0;
      for (n = 0; n < 3; n++) {
        if (now.v[n].term <= t && (now.v[n].ros < i || (now.v[n].ros == i && !(now.prop[i] & BIT(n))))) countable = 1;
        if (now.v[n].ros == i) readable = 1;
        if (n == 2) continue;
        if (now.d[n].role >= ELECTED && now.d[n].role <= GATED && now.v[n].term == t && now.v[n].ros == i) countable = 1;
        if (now.d[n].vote_p == i + 1 || now.d[n].vote_w == i + 1) readable = 1;
      }
      if (countable) continue;
      if (!readable) now.prop[i] = 0;
      else {
        n = now.prop[i] & 7;
        now.prop[i] = (now.prop[i] & 248) | (MAJORITY(n) ? 7 : 0);
      }
    }
    for (n = 0; n < 3; n++) {
      t = now.v[n].term;
      if (now.v[0].term >= t && now.v[1].term >= t
          && !(now.d[0].role == CANDIDATE && now.v[0].term == t) && !(now.d[1].role == CANDIDATE && now.v[1].term == t)) now.v[n].vote = 0;
    }
    for (t = 1; t <= TERMS; t++)
      if (now.adopted[t] != 0 && now.v[0].term >= t && now.v[1].term >= t && now.v[2].term >= t) now.adopted[t] = 63;
  }
};
#endif

#define SUBSET(x, y) (((x) | (y)) == (y))

/* A member stops leading: stand-down, resignation, failed promotion or crash with restart. */
inline stop(_m) {
  d[_m].role = FOLLOW; d[_m].lease = 0; d[_m].sole = 0; d[_m].names = EMPTY; d[_m].probe = 0; d[_m].etok = 0;
  d[_m].vote_p = 0; d[_m].vote_w = 0;
}

/* A voter (n) that is no leader turns to term t. */
inline turn_to(_n, _t) {
  CLAIM(terms_rise, v[_n].term <= _t);
  if
  :: v[_n].term != _t -> v[_n].term = _t; v[_n].vote = 0
  :: else
  fi;
  if
  :: _n != W && d[_n % 2].role == CANDIDATE -> stop(_n % 2)
  :: else
  fi
}

/* Roster i has one more acceptance. If that decides it, every winner of a later term must have started from it or later. */
#define LATER_STARTED_FROM(t, i) CLAIM(roster_order, TERM_OF(i) >= t || adopted[t] == 0 || adopted[t] > i)
inline note(_i) {
  if
  :: DECIDED(_i) ->
     LATER_STARTED_FROM(1, _i);
#if TERMS >= 2
     LATER_STARTED_FROM(2, _i);
#endif
#if TERMS >= 3
     LATER_STARTED_FROM(3, _i);
#endif
#if TERMS >= 4
     LATER_STARTED_FROM(4, _i);
#endif
#if TERMS >= 5
     LATER_STARTED_FROM(5, _i);
#endif
     if
     :: _i > dec -> dec = _i
     :: else
     fi
  :: else
  fi
}

/* Leader m writes its next roster to its own disk and sends it. */
inline propose(_m, _i, _content) {
  CLAIM(one_roster_per_revision, prop[_i] == 0);
  prop[_i] = (_content) | BIT(_m);
  v[_m].ros = _i;
  note(_i)
}

/* Candidacy: in sync by its own roster, token matches, own promise over; own vote on disk. */
#ifdef MUT_ELIGIBILITY
#define ELECTABLE(m, i) true
#else
#define ELECTABLE(m, i) LISTED(m, i)
#endif
#define CAMPAIGN(c, t) \
  d_step { d[c].role <= CANDIDATE && v[c].term < t && t <= MAX_TERM + 1 && !SELF_PROMISED(c) && ELECTABLE(c, v[c].ros) \
           && (c == A || MAX_TERM > 0) /* A and B are alike until somebody has asked */ -> \
    v[c].term = t; v[c].vote = c + 1; stop(c); d[c].role = CANDIDATE; CHECK }

/* Voter n grants its vote to c, a candidate in its present term; the vote carries n's roster (c's own if that is newer,
 * which is all that c makes of it). */
#ifdef MUT_VOTE_TWICE
#define VOTE_FREE(n, c) true
#else
#define VOTE_FREE(n, c) (v[n].vote == 0 || v[n].vote == c + 1)
#endif
#define FENCED(n) (n == W || d[n % 2].role <= CANDIDATE)
/* Answers first and stops acting later, at its lease end at the latest. */
#define LINGER(n) if :: n != W && d[n % 2].role == OPEN -> d[n % 2].role = LINGERS :: n != W && LEADS(n % 2) -> stop(n % 2) :: else fi
#ifdef MUT_NO_FENCE
#define MAY_VOTE(n)   true
#define FENCE_VOTE(n) LINGER(n)
#else
#define MAY_VOTE(n)   FENCED(n)
#define FENCE_VOTE(n) skip
#endif
#if defined(MUT_NO_FENCE) || defined(RELAX_FENCE)
#define MAY_ACCEPT(n)   true
#define FENCE_ACCEPT(n) LINGER(n)
#else
#define MAY_ACCEPT(n)   FENCED(n)
#define FENCE_ACCEPT(n) skip
#endif
#define VOTE(n, c, box) \
  d_step { d[c].role == CANDIDATE && d[c].box == 0 && !PEER_PROMISED(n) && MAY_VOTE(n) \
           && (v[n].term < v[c].term || (v[n].term == v[c].term && VOTE_FREE(n, c))) -> \
    FENCE_VOTE(n); turn_to(n, v[c].term); v[n].vote = c + 1; d[c].box = CARRIED(n, c) + 1; CHECK }

/* Elected: own vote and one more. The newest roster of the two decides and is proposed again, inSync unchanged. */
#ifdef MUT_OWN_ROSTER_IGNORED
#define CARRIED(n, c)  v[n].ros
#define NEWEST(c, box) (d[c].box - 1)
#else
#define CARRIED(n, c)  (v[n].ros > v[c].ros -> v[n].ros : v[c].ros)
#define NEWEST(c, box) (d[c].box > v[c].ros + 1 -> d[c].box - 1 : v[c].ros)
#endif
#ifdef MUT_NO_ADOPTION
#define START_FROM(c, box) v[c].ros
#else
#define START_FROM(c, box) NEWEST(c, box)
#endif
/* Has no later term been won? */
#define WON_AFTER(c, t) (v[c].term < t && adopted[t] != 0)
#if TERMS <= 2
#define HIGHEST_WON(c) (!WON_AFTER(c, TERMS))
#elif TERMS == 3
#define HIGHEST_WON(c) (!WON_AFTER(c, 3) && !WON_AFTER(c, 2))
#elif TERMS == 4
#define HIGHEST_WON(c) (!WON_AFTER(c, 4) && !WON_AFTER(c, 3) && !WON_AFTER(c, 2))
#else
#define HIGHEST_WON(c) (!WON_AFTER(c, 5) && !WON_AFTER(c, 4) && !WON_AFTER(c, 3) && !WON_AFTER(c, 2))
#endif
#ifdef NO_CLOCKS
#define NOBODY_ELSE_ACTS(c) skip
#else
#define NOBODY_ELSE_ACTS(c) CLAIM(one_acts, !RIGHT(PEER(c)) || v[PEER(c)].term > v[c].term)
#endif
#ifdef MUT_REDUCE_AT_ELECTION
#define PROMOTING_SYNC(c) ENTRY(c, d[c].tok)
#else
#define PROMOTING_SYNC(c) (prop[scratch] & SYNC_MASK)
#endif
inline win(_c) {
  CLAIM(one_elected_per_term, adopted[v[_c].term] == 0);
  CLAIM(roster_order, TERM_OF(dec) >= v[_c].term || scratch >= dec);
  NOBODY_ELSE_ACTS(_c);
  adopted[v[_c].term] = scratch + 1;
  if
  :: HIGHEST_WON(_c) -> CLAIM(nothing_lost, SUBSET(acked, d[_c].has))
  :: else
  fi;
  stop(_c);
  d[_c].role = ELECTED;
  propose(_c, v[_c].term * STRIDE, PROMOTING_SYNC(_c));
  CLAIM(failed_promotion_bars_nobody, (prop[v[_c].ros] & SYNC_MASK) == (prop[scratch] & SYNC_MASK))
}
#ifdef MUT_MAJORITY_OF_ONE
#define HAS_VOTE(c, box) true
#else
#define HAS_VOTE(c, box) (d[c].box != 0)
#endif
#define ELECT(c, box) \
  d_step { d[c].role == CANDIDATE && HAS_VOTE(c, box) && ELECTABLE(c, START_FROM(c, box)) -> \
    scratch = START_FROM(c, box); win(c); scratch = 0; CHECK }

/* Voter n accepts proposal i: roster.term >= own term, and newer than what it has (or what it has by adoption only).
 * A leader fences first. */
#ifdef MUT_ACCEPT_OLD_TERM
#define TERM_FITS(n, i) true
#else
#define TERM_FITS(n, i) (v[n].term <= TERM_OF(i))
#endif
#define ACCEPT(n, i) \
  d_step { prop[i] != 0 && (v[n].ros < i || (v[n].ros == i && (prop[i] & BIT(n)) == 0)) && TERM_FITS(n, i) && MAY_ACCEPT(n) -> \
    FENCE_ACCEPT(n); if :: v[n].term <= TERM_OF(i) -> turn_to(n, TERM_OF(i)) :: else fi; \
    v[n].ros = i; prop[i] = prop[i] | BIT(n); note(i); CHECK }

#ifdef MUT_ADOPTION_COUNTS /* by the witness, too, and then counted as an acceptance */
#define RELAX_ADOPT
#define ADOPTED(n, i) prop[i] = prop[i] | BIT(n); note(i)
#else
#define ADOPTED(n, i) skip
#endif
/* An idle member adopts a newer roster that another voter shows it. This is no acceptance. */
#define ADOPT(n, from) \
  d_step { d[n].role == FOLLOW && v[n].ros < v[from].ros -> \
    v[n].ros = v[from].ros; ADOPTED(n, v[n].ros); CHECK }
#define WITNESS_ADOPTS(from) \
  d_step { v[W].ros < v[from].ros -> v[W].ros = v[from].ros; ADOPTED(W, v[W].ros); CHECK }

#ifdef RELAX_PROMOTE      /* PostgreSQL is promoted without waiting until "promoting" is decided */
#define MAY_PROMOTE(m) true
#else
#define MAY_PROMOTE(m) DECIDED(v[m].ros)
#endif
/* "promoting" is decided: cut the stream, promote with writes blocked, then propose active {me}. */
#define PROMOTE(m) \
  d_step { d[m].role == ELECTED && MAY_PROMOTE(m) -> \
    if :: HIGHEST_WON(m) -> CLAIM(nothing_lost, SUBSET(acked, d[m].has)) :: else fi; \
    d[m].role = PROMOTED; propose(m, v[m].term * STRIDE + 1, ACTIVE_BIT | ENTRY(m, d[m].tok)); CHECK }

/* Goals that must be reached, or the model would be safe because it does nothing. */
#define ALL ((1 << COMMITS) - 1)
#ifdef REACH_SWITCH   /* a member opens with commits that were all acknowledged to clients of the other */
#define REACH_OPEN(m) assert(!(m == B && v[m].term == TERMS && acked == ALL && d[A].has == ALL && commits == COMMITS))
#elif defined(REACH_REJOIN) /* a member whose directory was copied anew is admitted with a new token, elected and opens */
#define REACH_OPEN(m) assert(d[m].tok < 2)
#else
#define REACH_OPEN(m) skip
#endif
#ifdef REACH_SOLE     /* a commit is acknowledged without any lease */
#define REACH_ACK(m)  assert(d[m].lease != 0)
#elif defined(REACH_PAIRED) /* a commit is acknowledged because the peer has it, by a roster with both that is decided */
#define REACH_ACK(m)  assert(!(WAITS(m) && DECIDED(v[m].ros) && !ONLY(m, v[m].ros)))
#else
#define REACH_ACK(m)  skip
#endif
/* "active {me}" is decided: empty names, open. Applications now see every row that is here. */
#ifdef MUT_OPEN_EARLY
#define MAY_OPEN(m) true
#else
#define MAY_OPEN(m) DECIDED(v[m].ros)
#endif
#define OPEN_UP(m) \
  d_step { d[m].role == PROMOTED && MAY_OPEN(m) -> \
    CLAIM(nothing_lost, SUBSET(acked, d[m].has)); \
    REACH_OPEN(m); d[m].role = OPEN; d[m].names = EMPTY; d[m].sole = 1; acked = acked | d[m].has; CHECK }

/* Has the peer been promoted in a later term? (A master that lingers shows the term it has answered.) */
#define SUCCEEDED(m) (d[PEER(m)].role >= PROMOTED && d[PEER(m)].role <= GATED && v[PEER(m)].term >= v[m].term)

/* Writes: flushed here first, acknowledged when nothing is waited for or the peer has flushed it. */
#define COMMIT(m) \
  d_step { SERVES(m) && commits < COMMITS && v[m].term < TERMS -> d[m].has = d[m].has | BIT(commits); commits++; CHECK }
#define WAITS(m) (d[m].names == WAITING || d[m].names == RETURNED)
#define ACK(m, k) \
  d_step { SERVES(m) && (d[m].has & BIT(k)) != 0 && (acked & BIT(k)) == 0 \
           && (!WAITS(m) || (d[PEER(m)].has & BIT(k)) != 0) -> \
    REACH_ACK(m); acked = acked | BIT(k); \
    CLAIM(nothing_lost, !SUCCEEDED(m) || (d[PEER(m)].has & BIT(k)) != 0); \
    CHECK }
/* Streaming: the standby flushes the master's next commit, as long as its own history is a part of the master's. */
#define STREAM(m, k) \
  d_step { d[m].role >= PROMOTED && d[PEER(m)].role < PROMOTED && (d[m].has & BIT(k)) != 0 \
           && (d[PEER(m)].has & BIT(k)) == 0 && SUBSET(d[PEER(m)].has, d[m].has) \
           && SUBSET(d[m].has & (BIT(k) - 1), d[PEER(m)].has) -> \
    d[PEER(m)].has = d[PEER(m)].has | BIT(k); CHECK }

/*
 * In. The fresh token is read; waiting comes into force; the position that the standby must pass is read after that.
 * Then the probe returns; then {me, it} is proposed, which ends the sole right and needs a live lease.
 */
#define TOKEN_WRITE(m) /* a directory that follows the master gets a token that was never used before */ \
  d_step { RUNS(m) && d[PEER(m)].role == FOLLOW && d[PEER(m)].tok == 0 && d[PEER(m)].tlast < 3 \
           && SUBSET(d[PEER(m)].has, d[m].has) -> \
    d[PEER(m)].tlast++; d[PEER(m)].tok = d[PEER(m)].tlast; CHECK }
#define ALONE_DECIDED(m) (ONLY(m, v[m].ros) && DECIDED(v[m].ros))
#ifdef RELAX_IN           /* an admission starts although {me} is not decided yet */
#define IN_ALLOWED(m) ONLY(m, v[m].ros)
#else
#define IN_ALLOWED(m) ALONE_DECIDED(m)
#endif
#ifdef MUT_PROBE_POSITION
#define IN_WAIT(m) \
  d_step { d[m].role == OPEN && d[m].names == EMPTY && IN_ALLOWED(m) && IS_ACTIVE(v[m].ros) && d[PEER(m)].tok != 0 -> \
    d[m].names = ISSUED; d[m].probe = d[m].has; d[m].etok = d[PEER(m)].tok; CHECK }
#define IN_FORCE(m) \
  d_step { d[m].role == OPEN && d[m].names == ISSUED -> d[m].names = WAITING; CHECK }
#else
#define IN_WAIT(m) \
  d_step { d[m].role == OPEN && d[m].names != RETURNED && IN_ALLOWED(m) && d[PEER(m)].tok != 0 \
           && (d[m].names == EMPTY || d[m].probe != d[m].has || d[m].etok != d[PEER(m)].tok) -> \
    d[m].names = WAITING; d[m].probe = d[m].has; d[m].etok = d[PEER(m)].tok; CHECK }
#define IN_FORCE(m) d_step { false -> skip }
#endif
#define IN_RETURNS(m) \
  d_step { d[m].role == OPEN && d[m].names == WAITING && IN_ALLOWED(m) && d[m].etok != 0 \
           && d[PEER(m)].tok == d[m].etok && SUBSET(d[m].probe, d[PEER(m)].has) -> \
    d[m].names = RETURNED; d[m].probe = 0; CHECK }
#if defined(NO_CLOCKS) || defined(MUT_IN_WITHOUT_LEASE)
#define HAS_LEASE(m) true
#else
#define HAS_LEASE(m) (d[m].lease != 0)
#endif
#ifdef MUT_SOLE_KEPT
#define DROP_SOLE(m) skip
#else
#define DROP_SOLE(m) d[m].sole = 0
#endif
#ifdef MUT_TOKEN_LATE /* the roster names the token found when it is proposed, not the one read before the probe */
#define IN_TOKEN(m) d[PEER(m)].tok
#else
#define IN_TOKEN(m) d[m].etok
#endif
#ifdef MUT_EARLY_MEMBER /* names are shown as set and the standby has everything, but nothing proves that commits wait */
#define PROPOSE_IN(m, t, r) \
  d_step { d[m].role == OPEN && v[m].ros == t * STRIDE + r - 1 && IN_ALLOWED(m) && HAS_LEASE(m) && d[PEER(m)].tok != 0 \
           && SUBSET(d[m].has, d[PEER(m)].has) -> \
    propose(m, t * STRIDE + r, ACTIVE_BIT | ENTRY(m, d[m].tok) | ENTRY(PEER(m), d[PEER(m)].tok)); DROP_SOLE(m); CHECK }
#else
#define PROPOSE_IN(m, t, r) \
  d_step { d[m].role == OPEN && v[m].ros == t * STRIDE + r - 1 && IN_ALLOWED(m) && HAS_LEASE(m) && d[m].names == RETURNED -> \
    propose(m, t * STRIDE + r, ACTIVE_BIT | ENTRY(m, d[m].tok) | ENTRY(PEER(m), IN_TOKEN(m))); \
    DROP_SOLE(m); d[m].names = WAITING; d[m].probe = 0; d[m].etok = 0; CHECK }
#endif

/* Out. Propose {me}; only when it is decided are the names emptied; then the master is sole. */
#define PROPOSE_OUT(m, t, r) \
  d_step { RUNS(m) && v[m].ros == t * STRIDE + r - 1 && !ONLY(m, v[m].ros) -> \
    propose(m, t * STRIDE + r, ACTIVE_BIT | ENTRY(m, d[m].tok)); CHECK }
#ifdef MUT_NAMES_FIRST
#define MAY_EMPTY(m) ONLY(m, v[m].ros)
#elif defined(MUT_BACK_OUT) /* the admission is given up although its proposal has left */
#define MAY_EMPTY(m) (ALONE_DECIDED(m) || !DECIDED(v[m].ros))
#else
#define MAY_EMPTY(m) ALONE_DECIDED(m)
#endif
#define EMPTY_NAMES(m) \
  d_step { RUNS(m) && MAY_EMPTY(m) && !(d[m].names == EMPTY && d[m].sole == ALONE_DECIDED(m)) -> \
    d[m].names = EMPTY; d[m].sole = ALONE_DECIDED(m); d[m].probe = 0; d[m].etok = 0; CHECK }

/* PostgreSQL alone dies and is started again in place: it waits again (placeholder), and nobody is let in yet. */
#define PG_CRASH(m) \
  d_step { d[m].role == OPEN -> d[m].role = GATED; d[m].names = WAITING; d[m].probe = 0; d[m].etok = 0; CHECK }
#ifdef MUT_NO_GATE
#define GATE_OPEN(m) true
#else
#define GATE_OPEN(m) (SUBSET(d[m].has, d[PEER(m)].has) || ALONE_DECIDED(m))
#endif
#define GATE(m) \
  d_step { d[m].role == GATED && GATE_OPEN(m) -> \
    d[m].role = OPEN; acked = acked | d[m].has; \
    CLAIM(nothing_lost, !SUCCEEDED(m) || SUBSET(acked, d[PEER(m)].has)); \
    CHECK }

/*
 * Directories. A copy drops what is there. It is allowed by a decided active roster without me; the token goes first.
 * With -DWIPES the directory of a member that does not lead may vanish at any time (lost, replaced, copied too early).
 */
#ifdef WIPES
#define MAY_DROP(p) true
#else
#define MAY_DROP(p) (IS_ACTIVE(v[p].ros) && TOKEN(p, v[p].ros) == 0 && DECIDED(v[p].ros) \
                     && d[PEER(p)].role >= OPEN && !SUBSET(d[p].has, d[PEER(p)].has))
#endif
#ifdef MUT_COPY_KEEPS_TOKEN /* copies as soon as another master is there, and leaves the token where it is */
#define DROP_DIRECTORY(p) \
  d_step { d[p].role == FOLLOW && d[PEER(p)].role >= PROMOTED && d[p].has != 0 -> d[p].has = 0; CHECK }
#else
#define DROP_DIRECTORY(p) \
  d_step { d[p].role == FOLLOW && (d[p].tok != 0 || d[p].has != 0) && MAY_DROP(p) -> d[p].has = 0; d[p].tok = 0; CHECK }
#endif

/* Heartbeat of leader m answered by voter n: a promise, which m counts. */
#ifdef RELAX_HEARTBEAT    /* a heartbeat of a higher term is answered without raising the own term */
#define HEARD(m, n) skip
#else
#define HEARD(m, n) turn_to(n, v[m].term)
#endif
#if defined(MUT_NO_QUIET) || defined(MUT_PROMISE_SHORT)
#define REMEMBER(n) forgot = forgot & (7 - BIT(n))
#else
#define REMEMBER(n) skip
#endif
#define HEARTBEAT(m, n) \
  d_step { LEADS(m) && !COUNTS(m, n) && v[n].term <= v[m].term && ((n) == W || !LEADS(n % 2)) -> \
    HEARD(m, n); d[m].lease = d[m].lease | LEASE_BIT(m, n); REMEMBER(n); CHECK }
#ifdef MUT_NO_STAND_DOWN
#define STAND_DOWN(m) skip
#else
#define STAND_DOWN(m) stop(m)
#endif
/* Time passes: what n had answered counts no more. A master without lease and without the sole right has stood down. */
#define EXPIRE(m, n) \
  d_step { COUNTS(m, n) -> \
    d[m].lease = d[m].lease & (3 - LEASE_BIT(m, n)); \
    if :: d[m].lease == 0 && ACTS(m) && d[m].sole == 0 -> STAND_DOWN(m) :: else fi; CHECK }

/* Stand-down for whatever reason, resignation, failed promotion; or crash and restart. */
#define STOP(m) d_step { d[m].role != FOLLOW -> stop(m); CHECK }

init {
  d_step {
    /* Both in sync by a roster that all voters have; nobody leads. */
    prop[0] = 7 | ACTIVE_BIT | ENTRY(A, 1) | ENTRY(B, 1);
    d[A].tok = 1; d[A].tlast = 1;
    d[B].tok = 1; d[B].tlast = 1
  };
end:                      /* all terms used up: a bound of the model, not a deadlock of the protocol */
  do
  :: CAMPAIGN(A, 1) :: CAMPAIGN(B, 1)
#if TERMS >= 2
  :: CAMPAIGN(A, 2) :: CAMPAIGN(B, 2)
#endif
#if TERMS >= 3
  :: CAMPAIGN(A, 3) :: CAMPAIGN(B, 3)
#endif
#if TERMS >= 4
  :: CAMPAIGN(A, 4) :: CAMPAIGN(B, 4)
#endif
#if TERMS >= 5
  :: CAMPAIGN(A, 5) :: CAMPAIGN(B, 5)
#endif
  :: VOTE(B, A, vote_p) :: VOTE(W, A, vote_w) :: VOTE(A, B, vote_p) :: VOTE(W, B, vote_w)
  :: ELECT(A, vote_p) :: ELECT(A, vote_w) :: ELECT(B, vote_p) :: ELECT(B, vote_w)

#define ACCEPT_ALL(i) ACCEPT(A, i) :: ACCEPT(B, i) :: ACCEPT(W, i)
#define FIRST_TWO(t)  ACCEPT_ALL(t * STRIDE) :: ACCEPT_ALL(t * STRIDE + 1)
#define CHANGE(t, r)  ACCEPT_ALL(t * STRIDE + r) :: PROPOSE_IN(A, t, r) :: PROPOSE_IN(B, t, r) :: PROPOSE_OUT(A, t, r) :: PROPOSE_OUT(B, t, r)
#if REVS <= 2
#define CHANGES(t)    d_step { false -> skip }
#elif REVS == 3
#define CHANGES(t)    CHANGE(t, 2)
#elif REVS == 4
#define CHANGES(t)    CHANGE(t, 2) :: CHANGE(t, 3)
#elif REVS == 5
#define CHANGES(t)    CHANGE(t, 2) :: CHANGE(t, 3) :: CHANGE(t, 4)
#elif REVS == 6
#define CHANGES(t)    CHANGE(t, 2) :: CHANGE(t, 3) :: CHANGE(t, 4) :: CHANGE(t, 5)
#elif REVS == 7
#define CHANGES(t)    CHANGE(t, 2) :: CHANGE(t, 3) :: CHANGE(t, 4) :: CHANGE(t, 5) :: CHANGE(t, 6)
#else
#define CHANGES(t)    CHANGE(t, 2) :: CHANGE(t, 3) :: CHANGE(t, 4) :: CHANGE(t, 5) :: CHANGE(t, 6) :: CHANGE(t, 7)
#endif
  :: FIRST_TWO(1)
#if TERMS >= 2
  :: CHANGES(1) :: FIRST_TWO(2)
#endif
#if TERMS >= 3
  :: CHANGES(2) :: FIRST_TWO(3)
#endif
#if TERMS >= 4
  :: CHANGES(3) :: FIRST_TWO(4)
#endif
#if TERMS >= 5
  :: CHANGES(4) :: FIRST_TWO(5)
#endif
  :: ADOPT(A, B) :: ADOPT(A, W) :: ADOPT(B, A) :: ADOPT(B, W)
#ifdef RELAX_ADOPT        /* the witness adopts too */
  :: WITNESS_ADOPTS(A) :: WITNESS_ADOPTS(B)
#endif

  :: PROMOTE(A) :: PROMOTE(B) :: OPEN_UP(A) :: OPEN_UP(B)
  :: COMMIT(A) :: COMMIT(B)
  :: ACK(A, 0) :: ACK(B, 0) :: STREAM(A, 0) :: STREAM(B, 0)
#if COMMITS >= 2
  :: ACK(A, 1) :: ACK(B, 1) :: STREAM(A, 1) :: STREAM(B, 1)
#endif
#if COMMITS >= 3
  :: ACK(A, 2) :: ACK(B, 2) :: STREAM(A, 2) :: STREAM(B, 2)
#endif
  :: TOKEN_WRITE(A) :: TOKEN_WRITE(B)
  :: IN_WAIT(A) :: IN_WAIT(B) :: IN_FORCE(A) :: IN_FORCE(B) :: IN_RETURNS(A) :: IN_RETURNS(B)
  :: EMPTY_NAMES(A) :: EMPTY_NAMES(B)
  :: PG_CRASH(A) :: PG_CRASH(B) :: GATE(A) :: GATE(B)
  :: DROP_DIRECTORY(A) :: DROP_DIRECTORY(B)
#ifndef NO_CLOCKS
  :: HEARTBEAT(A, B) :: HEARTBEAT(A, W) :: HEARTBEAT(B, A) :: HEARTBEAT(B, W)
  :: EXPIRE(A, B) :: EXPIRE(A, W) :: EXPIRE(B, A) :: EXPIRE(B, W)
#endif
  :: STOP(A) :: STOP(B)
#ifdef MUT_VOTE_FORGOTTEN
  :: d_step { v[A].vote != 0 -> stop(A); v[A].vote = 0; CHECK }
  :: d_step { v[B].vote != 0 -> stop(B); v[B].vote = 0; CHECK }
  :: d_step { v[W].vote != 0 -> v[W].vote = 0; CHECK }
#endif
#ifdef MUT_NO_QUIET
  :: d_step { (forgot & BIT(A)) == 0 && PROMISED(A) -> stop(A); forgot = forgot | BIT(A); CHECK }
  :: d_step { (forgot & BIT(B)) == 0 && PROMISED(B) -> stop(B); forgot = forgot | BIT(B); CHECK }
  :: d_step { (forgot & BIT(W)) == 0 && PROMISED(W) -> forgot = forgot | BIT(W); CHECK }
#endif
#ifdef MUT_PROMISE_SHORT
  :: d_step { (forgot & BIT(A)) == 0 && PROMISED(A) -> forgot = forgot | BIT(A); CHECK }
  :: d_step { (forgot & BIT(B)) == 0 && PROMISED(B) -> forgot = forgot | BIT(B); CHECK }
  :: d_step { (forgot & BIT(W)) == 0 && PROMISED(W) -> forgot = forgot | BIT(W); CHECK }
#endif
#ifdef MUT_SNAPSHOT
  :: d_step { v[W].term != 0 -> v[W].term = 0; v[W].vote = 0; v[W].ros = 0; CHECK }
#endif
  od
}
