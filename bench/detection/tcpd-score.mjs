#!/usr/bin/env node
// tcpd-score.mjs — independent implementation of the Turing Change Point Dataset metrics
// (van den Burg & Williams 2020, arXiv:2003.06222, section 4.2), no TCPDBench code used.
//
// DEFINITIONS (0-based indices; a change point is the FIRST index of the new segment; index 0 is always
// added to every annotation and to the prediction set)
//  TP(T,X)  = elements of T that can be paired one-to-one with an element of X at distance <= M (M = 5).
//             Elements of T are taken in increasing order, each takes its nearest still-free X
//             (ties: the smaller X).
//  precision P = |TP(union of all annotators, X)| / |X|
//  recall    R = mean over annotators k of |TP(T_k, X)| / |T_k|
//  F1 = 2PR/(P+R)
//  cover = mean over annotators of  (1/T) * sum_{A in segmentation_k} |A| * max_{A' in predicted} |A n A'|/|A u A'|
//
// USAGE  node tcpd-score.mjs --annotations annotations.json --pred pred.json [--lengths lengths.json] [--subset list.json] [--margin 5] [--json out]
//   pred.json: { "<series>": [cp, cp, ...], ... }   lengths.json: { "<series>": n_obs, ... }
//   (instead of --lengths: --datasets DIR with DIR/<series>/<series>.json having n_obs)
import fs from 'node:fs';
import path from 'node:path';

export function matched(T, X, margin = 5) {
  const free = [...new Set(X)].sort((a, b) => a - b);
  let n = 0;
  for (const t of [...new Set(T)].sort((a, b) => a - b)) {
    let bi = -1,
      bd = Infinity;
    for (let i = 0; i < free.length; i++) {
      const d = Math.abs(free[i] - t);
      if (d <= margin && d < bd) {
        bd = d;
        bi = i;
      }
    }
    if (bi >= 0) {
      n++;
      free.splice(bi, 1);
    }
  }
  return n;
}
export function f1(annotations, pred, margin = 5) {
  const X = new Set([0, ...pred]),
    sets = Object.values(annotations).map((a) => new Set([0, ...a]));
  const union = new Set(sets.flatMap((s) => [...s]));
  const precision = matched(union, X, margin) / X.size;
  const recall = sets.reduce((s, t) => s + matched(t, X, margin) / t.size, 0) / sets.length;
  return { f1: (2 * precision * recall) / (precision + recall), precision, recall };
}
const segments = (cps, n) => {
  const b = [0, ...[...new Set(cps)].filter((c) => c > 0 && c < n).sort((x, y) => x - y), n];
  return b.slice(1).map((e, i) => [b[i], e]);
};
export function cover(annotations, pred, n) {
  const P = segments(pred, n);
  let tot = 0,
    K = 0;
  for (const a of Object.values(annotations)) {
    let c = 0;
    for (const [l, r] of segments(a, n)) {
      let best = 0;
      for (const [pl, pr] of P) {
        const inter = Math.min(r, pr) - Math.max(l, pl);
        if (inter > 0) best = Math.max(best, inter / (Math.max(r, pr) - Math.min(l, pl)));
      }
      c += (r - l) * best;
    }
    tot += c / n;
    K++;
  }
  return tot / K;
}
export const scoreOne = (ann, pred, n, margin = 5) => ({ ...f1(ann, pred, margin), cover: cover(ann, pred, n) });

if (process.argv[1] && import.meta.url === 'file://' + path.resolve(process.argv[1])) {
  const a = process.argv.slice(2),
    opt = (k, d = null) => {
      const i = a.indexOf('--' + k);
      return i < 0 ? d : a[i + 1];
    };
  if (!opt('annotations') || !opt('pred')) {
    console.error(
      'usage: --annotations F --pred F (--lengths F | --datasets DIR) [--subset list.json] [--margin 5] [--json out]',
    );
    process.exit(2);
  }
  const rd = (f) => JSON.parse(fs.readFileSync(f, 'utf8'));
  const ann = rd(opt('annotations')),
    pred = rd(opt('pred')),
    len = opt('lengths') ? rd(opt('lengths')) : null;
  const names = (opt('subset') ? rd(opt('subset')) : Object.keys(pred)).filter((k) => k in ann);
  const res = {};
  for (const k of names) {
    const n = len ? len[k] : rd(path.join(opt('datasets'), k, k + '.json')).n_obs;
    res[k] = scoreOne(ann[k], pred[k] ?? [], n, +opt('margin', 5));
  }
  const mean = (f) => names.reduce((s, k) => s + res[k][f], 0) / names.length;
  const sum = {
    series: names.length,
    f1: mean('f1'),
    cover: mean('cover'),
    precision: mean('precision'),
    recall: mean('recall'),
  };
  if (opt('json')) fs.writeFileSync(opt('json'), JSON.stringify({ summary: sum, series: res }, null, 1));
  for (const k of names) console.log(k.padEnd(22), res[k].f1.toFixed(4), res[k].cover.toFixed(4));
  console.log('MEAN'.padEnd(22), sum.f1.toFixed(4), sum.cover.toFixed(4), JSON.stringify(sum));
}
