import { declarations } from './chart-theme.ts';
import { Markup } from './html-tag.ts';

const lightColors = `--bg:#fdfcfa;--ink:#1d1c1a;--soft:#5e5a53;--hair:#e2ded6;--panel:#f5f2ec;--accent:#1b5e43;--bad:#b3261e;--warn:#8a5a00;--good:#1b6e3c;--calm:#4a6072;${declarations('light')}`;
const darkColors = `--bg:#171614;--ink:#ece9e3;--soft:#b3ada3;--hair:#3a3732;--panel:#201f1c;--accent:#7cc4a1;--bad:#ff8a80;--warn:#f2b84b;--good:#7ccf98;--calm:#9db6c9;${declarations('dark')}`;

/** Base 14 px on a grid of 4, hairlines instead of shadows, one accent; light and dark from the same variables. */
export const stylesheet = new Markup(`
:root{color-scheme:light dark;${lightColors}}
@media (prefers-color-scheme:dark){:root{${darkColors}}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:920px;padding:32px 24px 48px;background:var(--bg);color:var(--ink);font:14px/1.5 Inter,ui-sans-serif,system-ui,"Segoe UI",Roboto,"Liberation Sans",sans-serif;overflow-wrap:anywhere}
h1{font:400 28px/1.25 "Source Serif 4","Source Serif Pro",Charter,Georgia,"Liberation Serif",serif;margin:8px 0 12px;text-wrap:pretty}
h2{font-size:20px;font-weight:600;line-height:1.3;margin:48px 0 8px}
h3{font-size:16px;font-weight:600;line-height:1.4;margin:4px 0 8px}
h4{font-size:14px;font-weight:600;margin:8px 0}
p{margin:0 0 8px;max-width:72ch}
b,strong{font-weight:600}
a{color:var(--accent);text-underline-offset:3px}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:4px}
dl,dd,figure,pre{margin:0}
.soft,.eyebrow,dt,figcaption{color:var(--soft)}
.eyebrow,dt,figcaption,.badge,.soft{font-size:12px}
.top>.soft{font-size:14px}
.calm-text{font-size:16px}
.figures{display:grid;grid-template-columns:repeat(4,1fr);margin:24px 0 0;border-block:1px solid var(--hair)}
.figures>div{padding:12px 16px;border-left:1px solid var(--hair)}
.figures>div:first-child{border-left:0;padding-left:0}
.figures strong{display:block;font-size:20px;line-height:1.4;font-variant-numeric:tabular-nums}
.figures .soft{display:block}
.glance{list-style:none;margin:0;padding:0}
.glance li{display:grid;grid-template-columns:20px 1fr auto;gap:0 8px;min-height:32px;align-items:center;border-bottom:1px solid var(--hair);padding:4px 0}
.glance a{color:var(--ink);text-decoration-color:var(--hair)}
.glance a:hover{text-decoration-color:var(--accent)}
.num{white-space:nowrap;font-variant-numeric:tabular-nums}
.bad{color:var(--bad)}.warn{color:var(--warn)}.good{color:var(--good)}.calm{color:var(--calm)}
.disc{display:inline-block;box-sizing:border-box;width:10px;height:10px;border:1.5px solid currentColor;border-radius:50%;print-color-adjust:exact}
.disc.page{background:currentColor}
.disc.ticket{background:linear-gradient(90deg,currentColor 50%,transparent 50%)}
.to{display:inline-block;width:.95em;height:.7em;overflow:hidden;white-space:nowrap;vertical-align:-.02em;background:currentColor;-webkit-text-fill-color:transparent;mask:url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 19 14'%3E%3Cpath d='M1 7h16M12 2l5 5-5 5' fill='none' stroke='%23000' stroke-width='1.6'/%3E%3C/svg%3E") center/contain no-repeat;print-color-adjust:exact}
.finding{padding:24px 0 16px;border-top:1px solid var(--hair)}
.group{border-top:2px solid var(--ink);padding-top:16px;margin-top:16px}
.group>h3{font-size:16px}
.group .finding{margin-top:16px}
.badge{font-weight:600;margin:0}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(184px,1fr));gap:8px 24px;margin:8px 0 16px;font-variant-numeric:tabular-nums}
figure{margin:0 0 16px}
svg{display:block;width:100%;height:auto}
.narrow{display:none}
.key{display:block}
.key>span{display:inline-block;margin-right:12px;white-space:nowrap}
.swatch{display:inline-block;width:16px;height:8px;margin-right:6px}
.swatch.line{height:2px;vertical-align:3px;background:var(--chart-line);box-shadow:0 0 0 3px color-mix(in srgb,var(--chart-line) 16%,transparent)}
.swatch.level{height:2px;vertical-align:3px;background:var(--chart-level)}
.swatch.baseline{background:color-mix(in srgb,var(--chart-baseline) 30%,transparent)}
.swatch.interval{background:color-mix(in srgb,var(--chart-interval) 40%,transparent)}
.swatch.before{background:var(--chart-before)}
.swatch.after{background:var(--chart-after)}
.swatch.silence{background:color-mix(in srgb,var(--chart-silence) 30%,transparent)}
figcaption{margin-top:4px}
.next{border-left:3px solid var(--accent);padding-left:12px}
summary{cursor:pointer}
.evidence{margin-top:12px}
.evidence>summary{min-height:32px;line-height:32px;color:var(--accent)}
.sides{display:grid;grid-template-columns:1fr 1fr;gap:0 24px}
.example{border-top:1px solid var(--hair);padding:8px 0}
.example dl>div{margin-top:8px}
.chips{display:flex;flex-wrap:wrap;gap:4px 12px;font-size:12px;font-variant-numeric:tabular-nums}
pre,code{font:12px/1.5 "JetBrains Mono",ui-monospace,"SF Mono",Menlo,"Liberation Mono",monospace}
pre{white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:isolate}
.long[open]>summary>span{display:none}
.long[open]>summary::after{content:"fold";color:var(--soft);font-size:12px}
.scroll{overflow-x:auto;margin:8px 0 16px;background:linear-gradient(90deg,var(--bg) 50%,transparent) 0 0/32px 100% no-repeat local,linear-gradient(270deg,var(--bg) 50%,transparent) 100% 0/32px 100% no-repeat local,linear-gradient(90deg,var(--scrolled),transparent) 0 0/12px 100% no-repeat scroll,linear-gradient(270deg,var(--scrolled),transparent) 100% 0/12px 100% no-repeat scroll;--scrolled:color-mix(in srgb,var(--ink) 28%,transparent)}
@media (min-width:960px){.scroll:has(.many){width:max-content;min-width:100%;max-width:calc(50vw + 400px)}}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:600;padding:4px 0 0}
th,td{padding:0 24px 0 0;height:32px;text-align:left;border-bottom:1px solid var(--hair);font-weight:400}
thead th{height:28px;font-size:12px;color:var(--soft);vertical-align:middle}
.numbers.many{width:100%}
.numbers th+th,.numbers td{text-align:right;padding:0 0 0 24px;white-space:nowrap;overflow-wrap:normal}
.numbers thead th{white-space:normal;min-width:72px;vertical-align:bottom}
.numbers th[scope=row]{min-width:96px}
ul{margin:0 0 16px;padding-left:20px}
footer{margin-top:48px;border-top:1px solid var(--hair);padding-top:12px}
@media (max-width:640px){
body{padding:20px 16px 40px}
h1{font-size:24px}
.figures{grid-template-columns:1fr 1fr}
.figures>div:nth-child(odd){border-left:0;padding-left:0}
.figures>div:nth-child(n+3){border-top:1px solid var(--hair)}
.wide{display:none}.narrow{display:block}
.sides{grid-template-columns:1fr}
.facts{grid-template-columns:repeat(auto-fill,minmax(150px,1fr))}
.glance li{grid-template-columns:20px 1fr}
.glance .num{grid-column:2}
.glance .num:empty{display:none}
.key>span{display:block}
.numbers th+th,.numbers td{padding-left:12px}
}
@media print{
:root{color-scheme:light;${lightColors};--bg:#fff}
body{max-width:none;padding:0;font-size:10pt}
.wide{display:block}.narrow{display:none}
.sides{grid-template-columns:1fr 1fr}
figure,tr,.figures,.next,.example{break-inside:avoid}
h2,h3,h4,.badge,.facts{break-after:avoid}
.long>summary{display:none}
details::details-content{content-visibility:visible;display:block;block-size:auto}
.scroll,.scroll:has(.many){overflow:visible;background:none;width:auto;max-width:none}
nav{display:none}
*{print-color-adjust:exact}
}
`);
