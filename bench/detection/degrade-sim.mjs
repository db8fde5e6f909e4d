#!/usr/bin/env node
// degrade-sim.mjs — deterministic test bed: production AI workflows that lose 30-50 % of their quality over ~6 months
// through model-update steps, slow drift and integration stalls, plus healthy workflows with benign confounders.
// Ground truth (events) is known exactly. Own code. USAGE
//   node degrade-sim.mjs --n 200 --kind degrade|healthy|mixed --seed 1 [--hard] --out sim.json     (daily buckets)
//   import { simulate, scoreAlerts } from './degrade-sim.mjs'
// Series per workflow (arrays over days): runs, errors, graded, passed (eval), p95 (s), costPerRun, freshMin (max staleness, minutes),
//   pass rate = passed/graded may have graded=0 (weekends, stalls); labels (ground truth) arrive labelLag days late: labelled[d], labelPassed[d].
// Events: {id, kind: step|drift|stall|benign, metrics:[...], start, end, size, onset, alertExpected:[metrics]}; onset = first day at which the
//   effect has reached the smallest effect of interest (3 points of pass rate for eval, 15 % for latency/cost); delay is counted from onset.
import fs from 'node:fs';
import path from 'node:path';
function rng(seed) {
  let s = seed >>> 0;
  return () => {
    s = (s + 0x6d2b79f5) | 0;
    let t = Math.imul(s ^ (s >>> 15), 1 | s);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
const gauss = (r) => {
  let u = 0;
  while (u === 0) u = r();
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * r());
};
const binom = (r, n, p) => {
  if (n > 200) {
    const m = n * p,
      s = Math.sqrt(n * p * (1 - p));
    return Math.max(0, Math.min(n, Math.round(m + s * gauss(r))));
  }
  let k = 0;
  for (let i = 0; i < n; i++) if (r() < p) k++;
  return k;
};
const poisson = (r, l) => {
  if (l > 60) return Math.max(0, Math.round(l + Math.sqrt(l) * gauss(r)));
  let k = 0,
    p = Math.exp(-l),
    s = p,
    u = r();
  while (u > s && k < 500) {
    k++;
    p *= l / k;
    s += p;
  }
  return k;
};
export const SEI = { eval: 0.03, latency: 0.15, cost: 0.15 };

/** hard=true: strong day-to-day correlation (quality AR .7/sd .2 logit, latency AR .8/sd .1), 3 % spikes, 10 % missing grading days */
export function simulate({ seed = 1, days = 208, baselineDays = 28, kind = 'degrade', hard = false } = {}) {
  const r = rng(seed * 7919 + 13),
    U = (a, b) => a + (b - a) * r();
  const N = hard
    ? { aq: 0.7, sq: 0.2, al: 0.8, sl: 0.1, spike: 0.03, miss: 0.1 }
    : { aq: 0.4, sq: 0.1, al: 0.5, sl: 0.05, spike: 0.01, miss: 0 };
  const q0 = U(0.8, 0.96),
    vol = [60, 250, 1200][Math.floor(r() * 3)],
    gradeCap = [25, 60, 150][Math.floor(r() * 3)];
  const err0 = U(0.004, 0.03),
    lat0 = U(1.5, 8),
    cost0 = U(0.002, 0.08),
    sync = [15, 30, 60][Math.floor(r() * 3)],
    weekend = U(0.15, 0.9),
    labelLag = Math.floor(U(7, 31));
  const ev = [];
  let id = 0;
  const target = kind === 'degrade' ? U(0.3, 0.5) : 0;
  const steps = [],
    drift = [];
  if (kind === 'degrade') {
    const ns = 2 + Math.floor(r() * 3);
    let t = baselineDays + 10 + Math.floor(U(0, 20));
    const w = [];
    for (let i = 0; i < ns && t < days - 20; i++) {
      steps.push({ t });
      w.push(U(0.5, 1.5));
      t += 25 + Math.floor(U(0, 30));
    }
    const driftShare = U(0.25, 0.6),
      ds = baselineDays + Math.floor(U(5, 60)),
      de = Math.min(days - 1, ds + Math.floor(U(60, 130)));
    drift.push({ s: ds, e: de, total: target * driftShare });
    const tot = w.reduce((a, b) => a + b, 0);
    steps.forEach((s, i) => {
      s.rel = (target * (1 - driftShare) * w[i]) / tot;
      s.lat = U(-0.2, 0.5);
      s.cost = U(-0.3, 0.6);
    });
  }
  // a benign model/price update: cost and latency move, quality does not
  const ben =
    r() < 0.6
      ? { t: baselineDays + 15 + Math.floor(U(0, days - baselineDays - 40)), lat: U(-0.3, 0.4), cost: U(-0.4, 0.5) }
      : null;
  if (ben)
    while (steps.some((s) => Math.abs(s.t - ben.t) < 10)) {
      ben.t += 11;
      if (ben.t > days - 15) {
        ben.t = days - 15;
        break;
      }
    }
  const stalls = [];
  if (kind === 'degrade')
    for (let i = 0, n = 1 + Math.floor(r() * 3); i < n; i++) {
      const s = baselineDays + 8 + Math.floor(U(0, days - baselineDays - 20));
      if (stalls.every((x) => Math.abs(x.s - s) > 15))
        stalls.push({ s, len: 1 + Math.floor(U(0, 5)), volLoss: U(0.5, 1), err: U(0.02, 0.35) });
    }
  const holiday =
    r() < 0.7
      ? { s: baselineDays + Math.floor(U(5, days - baselineDays - 10)), len: 2 + Math.floor(U(0, 4)), f: U(0.2, 0.6) }
      : null;
  const growth = U(-0.1, 0.5);
  const rel = (d) => {
    let l = 1;
    for (const s of steps) if (d >= s.t) l -= s.rel;
    for (const x of drift) l -= x.total * Math.max(0, Math.min(1, (d - x.s) / (x.e - x.s)));
    return l;
  };
  const S = {
    runs: [],
    errors: [],
    graded: [],
    passed: [],
    p95: [],
    costPerRun: [],
    freshMin: [],
    labelled: [],
    labelPassed: [],
    trueQuality: [],
  };
  let ar = 0,
    arl = 0,
    pend = [];
  for (let d = 0; d < days; d++) {
    const we = d % 7 >= 5 ? weekend : 1;
    let f = we * (1 + (growth * d) / days);
    if (holiday && d >= holiday.s && d < holiday.s + holiday.len) f *= holiday.f;
    const st = stalls.find((x) => d >= x.s && d < x.s + x.len);
    if (st) f *= 1 - st.volLoss;
    ar = N.aq * ar + N.sq * Math.sqrt(1 - N.aq ** 2) * gauss(r);
    arl = N.al * arl + N.sl * Math.sqrt(1 - N.al ** 2) * gauss(r);
    const runs = poisson(r, vol * f * Math.exp(0.12 * gauss(r)));
    const q = Math.max(0.02, q0 * rel(d));
    const lq = Math.log(q / (1 - q)) + ar;
    const qq = 1 / (1 + Math.exp(-lq));
    let e = err0 * Math.exp(0.15 * gauss(r));
    if (st) e = Math.min(0.9, e + st.err);
    const errors = binom(r, runs, e),
      graded = N.miss && r() < N.miss ? 0 : Math.min(gradeCap, runs - errors),
      passed = binom(r, graded, qq);
    let lat = lat0 * Math.exp(arl + 0.04 * gauss(r)),
      cost = cost0 * Math.exp(0.05 * gauss(r));
    for (const s of steps)
      if (d >= s.t) {
        lat *= 1 + s.lat;
        cost *= 1 + s.cost;
      }
    if (ben && d >= ben.t) {
      lat *= 1 + ben.lat;
      cost *= 1 + ben.cost;
    }
    if (r() < N.spike) lat *= U(1.3, 2.5); // isolated spike, not an event
    S.runs.push(runs);
    S.errors.push(errors);
    S.graded.push(graded);
    S.passed.push(passed);
    S.p95.push(runs ? lat : null);
    S.costPerRun.push(runs ? cost : null);
    S.freshMin.push(st ? sync * U(1, 1.5) + 1440 * (d - st.s + U(0.3, 1)) : sync * U(1, 1.9) * (r() < 0.02 ? U(1, 3) : 1));
    S.trueQuality.push(q);
    pend.push([runs - errors, binom(r, runs - errors, qq)]);
    const due = d - labelLag;
    S.labelled.push(due >= 0 ? pend[due][0] : 0);
    S.labelPassed.push(due >= 0 ? pend[due][1] : 0);
  }
  const next = (t, list) => Math.min(days, ...list.filter((x) => x > t));
  const stepTs = [...steps.map((s) => s.t), ...(ben ? [ben.t] : [])];
  for (const s of steps) {
    const m = [];
    if (s.rel * q0 >= SEI.eval) m.push('eval');
    if (Math.abs(s.lat) >= SEI.latency) m.push('latency');
    if (Math.abs(s.cost) >= SEI.cost) m.push('cost');
    ev.push({
      id: 'e' + id++,
      kind: 'step',
      metrics: ['eval', 'latency', 'cost'],
      start: s.t,
      end: Math.min(days, Math.max(next(s.t, stepTs), s.t + 21)),
      onset: s.t,
      size: { eval: -s.rel * q0, latency: s.lat, cost: s.cost },
      alertExpected: m,
    });
  }
  for (const x of drift) {
    const per = (x.total * q0) / (x.e - x.s);
    ev.push({
      id: 'e' + id++,
      kind: 'drift',
      metrics: ['eval'],
      start: x.s,
      end: Math.min(days, x.e + 14),
      onset: Math.ceil(x.s + SEI.eval / per),
      size: { eval: -x.total * q0 },
      alertExpected: x.total * q0 >= SEI.eval ? ['eval'] : [],
    });
  }
  for (const x of stalls)
    ev.push({
      id: 'e' + id++,
      kind: 'stall',
      metrics: ['freshness', 'volume', 'error', 'eval', 'latency', 'cost'],
      start: x.s,
      end: x.s + x.len + 3,
      onset: x.s,
      size: { volume: -x.volLoss, error: x.err, days: x.len },
      alertExpected: ['freshness'],
    });
  if (ben)
    ev.push({
      id: 'e' + id++,
      kind: 'benign',
      metrics: ['latency', 'cost'],
      start: ben.t,
      end: Math.min(days, Math.max(next(ben.t, stepTs), ben.t + 21)),
      onset: ben.t,
      size: { latency: ben.lat, cost: ben.cost },
      alertExpected: ['latency', 'cost'].filter((m) => Math.abs(ben[m === 'latency' ? 'lat' : 'cost']) >= SEI[m]),
    });
  if (holiday)
    ev.push({
      id: 'e' + id++,
      kind: 'benign',
      metrics: ['volume'],
      start: holiday.s,
      end: holiday.s + holiday.len + 2,
      onset: holiday.s,
      size: { volume: holiday.f - 1 },
      alertExpected: [],
    });
  return {
    id: `${kind}-${seed}`,
    kind,
    days,
    baselineDays,
    meta: { q0, vol, gradeCap, err0, lat0, cost0, sync, weekend, labelLag, targetLoss: target },
    series: S,
    events: ev,
  };
}

/** alerts: [{workflow, metric, t}] -> recall / delay / false alarms. A false alarm is an alert on a metric at a time no event covers. */
export function scoreAlerts(
  workflows,
  alerts,
  {
    metrics = ['eval', 'error', 'latency', 'cost', 'volume', 'freshness'],
    horizon = { step: 21, drift: 45, stall: 2, benign: 21 },
  } = {},
) {
  const by = new Map();
  for (const a of alerts) {
    const k = a.workflow + '|' + a.metric;
    if (!by.has(k)) by.set(k, []);
    by.get(k).push(a);
  }
  const det = {},
    fa = Object.fromEntries(metrics.map((m) => [m, 0]));
  let months = 0,
    dup = 0;
  const qual = [];
  for (const w of workflows) {
    months += (w.days - w.baselineDays) / 30.44;
    for (const m of metrics) {
      const A = (by.get(w.id + '|' + m) || []).filter((a) => a.t >= w.baselineDays).sort((a, b) => a.t - b.t);
      const seen = new Set();
      for (const a of A) {
        const c = w.events.filter((e) => e.metrics.includes(m) && a.t >= e.start && a.t <= e.end);
        if (!c.length) {
          fa[m]++;
          continue;
        }
        let fresh = false;
        for (const e of c)
          if (!seen.has(e.id)) {
            seen.add(e.id);
            fresh = true;
          }
        if (!fresh) dup++;
      }
      for (const e of w.events)
        if (e.alertExpected.includes(m)) {
          const k = e.kind + ':' + m;
          det[k] ??= { n: 0, found: 0, within: 0, delays: [] };
          const d = det[k];
          d.n++;
          const hit = A.find((a) => a.t >= e.start && a.t <= e.end);
          if (hit) {
            d.found++;
            const dl = Math.max(0, hit.t - e.onset);
            d.delays.push(dl);
            if (dl <= horizon[e.kind]) d.within++;
          }
        }
    }
    // first quality alert after loss >= 5 points, for "did we notice the degradation"
    if (w.kind === 'degrade') {
      const q = w.series.trueQuality;
      let on = q.findIndex((x) => q[0] - x >= 0.05);
      const A = (by.get(w.id + '|eval') || [])
        .filter((a) => a.t >= w.baselineDays && q[0] - q[Math.min(a.t, q.length - 1)] > 0.01)
        .map((a) => a.t)
        .sort((a, b) => a - b);
      if (on >= 0) {
        const t = A.find((x) => x >= w.baselineDays);
        qual.push(t === undefined ? Infinity : t - on);
      }
    }
  }
  const med = (a, p = 0.5) => {
    const b = a.slice().sort((x, y) => x - y);
    return b.length ? b[Math.min(b.length - 1, Math.floor(p * b.length))] : null;
  };
  const out = {
    workflows: workflows.length,
    monitorMonthsPerMetric: +months.toFixed(1),
    falseAlarmsPerMonitorMonth: Object.fromEntries(metrics.map((m) => [m, +(fa[m] / months).toFixed(4)])),
    duplicates: dup,
    events: {},
  };
  for (const [k, d] of Object.entries(det))
    out.events[k] = {
      n: d.n,
      recall: +(d.found / d.n).toFixed(3),
      withinHorizon: +(d.within / d.n).toFixed(3),
      medianDelay: med(d.delays),
      p90Delay: med(d.delays, 0.9),
    };
  if (qual.length)
    out.firstQualityAlert = {
      n: qual.length,
      noticed: +(qual.filter((x) => x < Infinity).length / qual.length).toFixed(3),
      medianDaysAfter5ptLoss: med(qual),
      p90: med(qual, 0.9),
      lossNoticedBefore5pt: +(qual.filter((x) => x <= 0).length / qual.length).toFixed(3),
    };
  return out;
}
if (process.argv[1] && import.meta.url === 'file://' + path.resolve(process.argv[1])) {
  const a = process.argv.slice(2),
    opt = (k, d) => {
      const i = a.indexOf('--' + k);
      return i < 0 ? d : a[i + 1];
    };
  const n = +opt('n', 100),
    seed = +opt('seed', 1),
    kind = opt('kind', 'mixed'),
    W = [];
  for (let i = 0; i < n; i++)
    W.push(
      simulate({
        seed: seed * 100000 + i,
        kind: kind === 'mixed' ? (i % 2 ? 'healthy' : 'degrade') : kind,
        hard: a.includes('--hard'),
      }),
    );
  if (opt('out')) fs.writeFileSync(opt('out'), JSON.stringify(W));
  console.log(`${W.length} workflows, ${W.reduce((s, w) => s + w.events.length, 0)} events`);
}
