#!/usr/bin/env node
// nab-score.mjs — independent implementation of the Numenta Anomaly Benchmark (NAB v1.1) score,
// written from the published definition (Lavin & Ahmad 2015, arXiv:1510.03336; NAB wiki), no NAB code used.
//
// DEFINITION
//  * every labelled anomaly is a window [start,end] of timestamps (labels/combined_windows.json).
//  * rows in the probationary period (first min(floor(0.15 n), 750) rows) are never scored.
//  * a row is a detection when anomaly_score >= threshold; ONE threshold for the whole corpus and profile.
//  * s(y) = 2/(1+exp(5y)) - 1   (scaled sigmoid);  s(y) = -1 for y > 3
//  * detection inside a window: y = -(right - i + 1)/width (in rows); only the best (= earliest) detection
//    of a window counts, worth A_TP * s(y)/s(-1).   Undetected window: -A_FN.
//  * detection outside: A_FP * s((i - right_prev)/(width_prev - 1)); before the first window: -A_FP.
//  * profile weights (A_TP, A_FP, A_FN): standard 1/.11/1, low_FP 1/.22/1, low_FN 1/.11/2.
//  * final = 100 * (raw - null)/(perfect - null), null = -A_FN*W, perfect = A_TP*W, W = number of windows.
//
// USAGE
//  node nab-score.mjs --windows combined_windows.json --results DIR [--prefix NAME_] [--subset files.json]
//        [--threshold 0.5 | --optimize(default)] [--json out.json] [--per-file]
//   DIR/<category>/<prefix><file>.csv must have a header with columns `timestamp` and `anomaly_score` (score in any range).
//   A detection-only method may write 0/1 as anomaly_score and use --threshold 1.
//  As a module: import { loadCorpus, scoreCorpus } from './nab-score.mjs'
import fs from 'node:fs';
import path from 'node:path';

export const PROFILES = {
  standard: { tp: 1, fp: 0.11, fn: 1 },
  reward_low_FP_rate: { tp: 1, fp: 0.22, fn: 1 },
  reward_low_FN_rate: { tp: 1, fp: 0.11, fn: 2 },
};
const sig = (y) => (y > 3 ? -1 : 2 / (1 + Math.exp(5 * y)) - 1);
const S_MAX = sig(-1);
export const probation = (n, pct = 0.15) => Math.min(Math.floor(pct * n), pct * 5000);
const normTs = (t) => {
  t = t.trim().replace('T', ' ');
  const d = t.indexOf('.');
  return d > 0 ? t.slice(0, d) : t;
};

/** Build the per-row table of a series: win (window number or -1) and unweighted value of a detection there. */
export function prepare(timestamps, windows) {
  const n = timestamps.length,
    ts = timestamps.map(normTs);
  const first = new Map();
  ts.forEach((t, i) => {
    if (!first.has(t)) first.set(t, i);
  });
  const spans = windows.map(([a, b]) => [first.get(normTs(a)), first.get(normTs(b))]);
  spans.forEach((s, k) => {
    if (s[0] === undefined || s[1] === undefined) throw new Error('window edge not in data: ' + windows[k]);
  });
  const win = new Int32Array(n).fill(-1),
    val = new Float64Array(n);
  let k = 0,
    prev = null;
  for (let i = 0; i < n;) {
    if (k < spans.length && i === spans[k][0]) {
      const [l, r] = spans[k],
        w = r - l + 1;
      for (let j = l; j <= r; j++) {
        win[j] = k;
        val[j] = sig(-(r - j + 1) / w) / S_MAX;
      }
      prev = [r, w];
      i = r + 1;
      k++;
    } else {
      val[i] = prev === null ? -1 : sig((i - prev[0]) / (prev[1] - 1));
      i++;
    }
  }
  return { n, win, val, start: Math.ceil(probation(n)), nWin: spans.length, spans };
}

/** series: [{name, prep, score:Float64Array}] -> per profile {best/fixed threshold, raw, normalised, counts, files} */
export function scoreCorpus(series, { threshold = null, perFile = false } = {}) {
  // global list of rows, sorted once by score
  let total = 0;
  for (const s of series) total += Math.max(0, s.prep.n - s.prep.start);
  const fi = new Int32Array(total),
    ri = new Int32Array(total),
    sc = new Float64Array(total);
  let m = 0,
    W = 0;
  const base = [];
  series.forEach((s, f) => {
    base.push(W);
    W += s.prep.nWin;
    for (let i = s.prep.start; i < s.prep.n; i++) {
      fi[m] = f;
      ri[m] = i;
      sc[m] = s.score[i];
      m++;
    }
  });
  const reach = new Uint8Array(W); // windows with at least one scorable row
  for (let q = 0; q < m; q++) {
    const w = series[fi[q]].prep.win[ri[q]];
    if (w >= 0) reach[base[fi[q]] + w] = 1;
  }
  const order = Array.from({ length: m }, (_, i) => i).sort((a, b) => sc[b] - sc[a]);
  const out = {};
  for (const [name, A] of Object.entries(PROFILES)) {
    const part = new Float64Array(W),
      hit = new Uint8Array(W);
    let sumWin = 0,
      fp = 0,
      tpRows = 0,
      fpRows = 0;
    for (let w = 0; w < W; w++)
      if (reach[w]) {
        part[w] = -A.fn;
        sumWin -= A.fn;
      }
    const nullRaw = -A.fn * W,
      perfect = A.tp * W;
    let best = { threshold: Infinity, raw: sumWin, hits: 0, fpRows: 0 },
      fixed = null,
      cur = Infinity,
      hits = 0;
    const close = () => {
      const raw = sumWin + fp;
      if (raw > best.raw) best = { threshold: cur, raw, hits, fpRows };
      if (threshold !== null && cur >= threshold) fixed = { threshold, raw, hits, fpRows };
    };
    fixed = { threshold, raw: sumWin, hits: 0, fpRows: 0 };
    for (const q of order) {
      if (sc[q] !== cur) {
        if (cur !== Infinity) close();
        cur = sc[q];
      }
      const s = series[fi[q]].prep,
        w = s.win[ri[q]];
      if (w < 0) {
        fp += A.fp * s.val[ri[q]];
        fpRows++;
      } else {
        const g = base[fi[q]] + w,
          v = A.tp * s.val[ri[q]];
        tpRows++;
        if (!hit[g]) {
          hit[g] = 1;
          hits++;
        }
        if (v > part[g]) {
          sumWin += v - part[g];
          part[g] = v;
        }
      }
    }
    close();
    const r = threshold === null ? best : fixed;
    out[name] = {
      threshold: r.threshold,
      raw: r.raw,
      score: W ? (100 * (r.raw - nullRaw)) / (perfect - nullRaw) : null,
      windows: W,
      windowsHit: r.hits,
      fpRows: r.fpRows,
    };
    if (perFile) out[name].files = Object.fromEntries(series.map((s) => [s.name, scoreOne(s, A, r.threshold)]));
  }
  return out;
}
function scoreOne(s, A, thr) {
  const p = s.prep,
    part = new Map();
  let fp = 0,
    fpN = 0;
  for (let i = p.start; i < p.n; i++) {
    const w = p.win[i];
    if (w >= 0 && !part.has(w)) part.set(w, -A.fn);
    if (s.score[i] >= thr) {
      if (w < 0) {
        fp += A.fp * p.val[i];
        fpN++;
      } else part.set(w, Math.max(part.get(w), A.tp * p.val[i]));
    }
  }
  let t = fp;
  for (const v of part.values()) t += v;
  return { raw: t, fpRows: fpN };
}

export function readCsv(file) {
  const L = fs.readFileSync(file, 'utf8').split(/\r?\n/).filter(Boolean),
    H = L[0].split(',');
  const cols = Object.fromEntries(H.map((h, i) => [h.trim(), i]));
  return { cols, rows: L.slice(1).map((l) => l.split(',')) };
}
export function loadCorpus(windowsFile, resultsDir, { prefix = null, subset = null } = {}) {
  const W = JSON.parse(fs.readFileSync(windowsFile, 'utf8'));
  const out = [];
  for (const rel of Object.keys(W)) {
    if (subset && !subset.includes(rel)) continue;
    const [cat, f] = rel.split('/');
    const dir = path.join(resultsDir, cat);
    let file = prefix !== null ? path.join(dir, prefix + f) : null;
    if (!file) {
      const c = fs.existsSync(dir)
        ? fs
            .readdirSync(dir)
            .filter((x) => x === f || x.endsWith('_' + f))
            .sort((a, b) => a.length - b.length)
        : [];
      if (!c.length) throw new Error('no result file for ' + rel);
      file = path.join(dir, c[0]);
    }
    const { cols, rows } = readCsv(file);
    const score = Float64Array.from(rows, (r) => {
      const v = parseFloat(r[cols.anomaly_score]);
      return Number.isFinite(v) ? v : -Infinity;
    });
    out.push({
      name: rel,
      prep: prepare(
        rows.map((r) => r[cols.timestamp]),
        W[rel],
      ),
      score,
    });
  }
  return out;
}

if (process.argv[1] && import.meta.url === 'file://' + path.resolve(process.argv[1])) {
  const a = process.argv.slice(2),
    opt = (k, d = null) => {
      const i = a.indexOf('--' + k);
      return i < 0 ? d : a[i + 1];
    };
  if (!opt('windows') || !opt('results')) {
    console.error(
      'usage: --windows F --results DIR [--prefix P] [--subset files.json] [--threshold X] [--json out] [--per-file]',
    );
    process.exit(2);
  }
  const subset = opt('subset') ? JSON.parse(fs.readFileSync(opt('subset'), 'utf8')) : null;
  const series = loadCorpus(opt('windows'), opt('results'), { prefix: opt('prefix'), subset });
  const res = scoreCorpus(series, {
    threshold: opt('threshold') === null ? null : +opt('threshold'),
    perFile: a.includes('--per-file'),
  });
  if (opt('json')) fs.writeFileSync(opt('json'), JSON.stringify(res, null, 1));
  for (const [p, r] of Object.entries(res))
    console.log(
      `${p.padEnd(20)} score ${r.score?.toFixed(4)}  thr ${r.threshold}  raw ${r.raw.toFixed(4)}  windows hit ${r.windowsHit}/${r.windows}  FP rows ${r.fpRows}`,
    );
}
