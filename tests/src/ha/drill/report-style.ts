/**
 * How the HTML report looks: colours for light, dark and paper. Called by `report-html.ts`.
 */
export const style = `
:root{color-scheme:light dark;
--text:light-dark(#1d2330,#e4e7ec);--dim:light-dark(#5a6473,#a3acb9);--line:light-dark(#d9dee5,#3a4049);--card:light-dark(#ffffff,#20242b);--page:light-dark(#f6f8fb,#171a20);
--good:light-dark(#1a7f43,#5cc98a);--good-back:light-dark(#e3f5ea,#17352a);--warn:light-dark(#8f5200,#f0b057);--warn-back:light-dark(#fdf0db,#3a2c14);--bad:light-dark(#b3261e,#ff8a80);--bad-back:light-dark(#fce4e2,#43201e);
--detect:light-dark(#8a9fd9,#6882ce);--elect:light-dark(#d08bd0,#b678b6);--promote:light-dark(#3f9d8f,#58b3a5);--open:light-dark(#e0a64a,#d79b3d);--rest:light-dark(#b9c1cd,#566070)}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:14px/1.55 system-ui,-apple-system,'Segoe UI','Noto Sans JP','Hiragino Sans','Yu Gothic UI',sans-serif;overflow-wrap:anywhere}
main{max-width:1080px;margin:0 auto;padding:24px 20px 48px}
header{display:flex;align-items:center;gap:16px;padding:18px 20px;border:1px solid var(--line);border-left:6px solid var(--good);border-radius:8px;background:var(--card)}
header.slow{border-left-color:var(--warn)}header.failed{border-left-color:var(--bad)}
header>div{flex:1}
.logo{width:44px;height:44px;flex:none}
h1{margin:0;font-size:21px;line-height:1.3}
.headline{margin:3px 0 0;font-size:15px;color:var(--dim)}
h2{margin:30px 0 10px;font-size:16px}
h3{margin:0;font-size:14px}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(230px,1fr));gap:10px 24px;margin:18px 2px 0}
dl .wide{grid-column:span 2}
dt{font-size:12px;color:var(--dim)}dd{margin:0}
code{font:12px/1.5 ui-monospace,'Cascadia Mono','DejaVu Sans Mono',Menlo,Consolas,monospace}
.promises{display:grid;grid-template-columns:repeat(4,1fr);gap:12px}
@media (max-width:1000px){.promises{grid-template-columns:repeat(2,1fr)}}
@media (max-width:480px){.promises{grid-template-columns:1fr}}
.promise{padding:12px 14px;border:1px solid var(--line);border-top:4px solid var(--good);border-radius:6px;background:var(--card)}
.promise p{margin:4px 0 0;font-size:13px;color:var(--dim)}
.promise .state{font-weight:600;color:var(--good)}
.promise.broken{border-top-color:var(--bad)}.promise.broken .state{color:var(--bad)}
.promise.not-checked{border-top-color:var(--line)}.promise.not-checked .state{color:var(--dim)}
table{width:100%;table-layout:fixed;border-collapse:collapse;background:var(--card);border:1px solid var(--line)}
th{text-align:left;font-size:12px;font-weight:600;color:var(--dim);padding:8px 10px;border-bottom:1px solid var(--line)}
td{vertical-align:top;padding:9px 10px;border-bottom:1px solid var(--line)}
th.n,td.n{text-align:right;white-space:nowrap}
th{overflow-wrap:normal}
th.n{white-space:normal;width:9%}
th.happened{width:23%}
th.verdict{width:11%}
th.bars{width:23%}
tr.failed td:first-child{box-shadow:inset 4px 0 var(--bad)}
tr.slow td:first-child{box-shadow:inset 4px 0 var(--warn)}
tr.skipped{color:var(--dim)}
.sub{display:block;font-size:12px;color:var(--dim);font-weight:400}
b.bad{color:var(--bad)}
.badge{display:inline-block;padding:1px 9px;border-radius:10px;font-size:12px;font-weight:600;white-space:nowrap;color:var(--dim);background:light-dark(#e8ecf1,#2e343d)}
.badge.passed{color:var(--good);background:var(--good-back)}.badge.slow{color:var(--warn);background:var(--warn-back)}.badge.failed{color:var(--bad);background:var(--bad-back)}
header .badge{font-size:14px;padding:4px 14px;border-radius:14px}
.time{font-weight:600;font-variant-numeric:tabular-nums}
.bars .sub{display:inline;margin-left:8px}
.track{position:relative;display:block;height:9px;margin-top:4px;border-radius:2px;background:light-dark(#eef1f5,#2a3038)}
.bar{display:flex;height:100%;min-width:2px;border-radius:2px;overflow:hidden}
.bar i{display:block;height:100%;flex:none;min-width:1px}
.track u{position:absolute;top:-3px;bottom:-3px;width:0;border-left:2px solid var(--dim)}
i.detect{background:var(--detect)}i.elect{background:var(--elect)}i.promote{background:var(--promote)}i.open{background:var(--open)}i.rest{background:var(--rest)}
i.expected{background:repeating-linear-gradient(135deg,var(--rest) 0 5px,transparent 5px 9px)}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;margin:8px 2px 0;font-size:12px;color:var(--dim)}
.legend i{display:inline-block;width:11px;height:11px;margin-right:6px;border-radius:2px;vertical-align:-1px}
.legend u{display:inline-block;width:0;height:12px;margin:0 9px 0 4px;border-left:2px solid var(--dim);vertical-align:-2px}
.small{font-size:12.5px;color:var(--dim);margin:8px 2px 0}
ul{margin:6px 0 0;padding-left:20px}
.problem.slow{border-left-color:var(--warn)}
.problem li{white-space:pre-wrap}
.problem{padding:12px 14px;margin-bottom:10px;border:1px solid var(--line);border-left:4px solid var(--bad);border-radius:6px;background:var(--card)}
@media (max-width:760px){dl .wide{grid-column:auto}header{flex-wrap:wrap}table,tbody,tr,td{display:block;width:auto}thead{display:none}td{border:0;padding:4px 12px}tr{border-bottom:1px solid var(--line);padding:8px 0}td.n{display:inline-block;text-align:left}td.n .sub{display:inline;margin-left:4px}td.n[data-name]::before{content:attr(data-name) ' ';color:var(--dim);font-size:12px}}
@media print{th,td{padding:6px 6px}.badge{padding:1px 6px}.promises{grid-template-columns:repeat(2,1fr)}:root{color-scheme:light}body{background:#fff;font-size:10.5pt}main{max-width:none;padding:0}tr,.promise,.problem,header{break-inside:avoid}h2{break-after:avoid}thead{display:table-header-group}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}@page{margin:14mm}}
`;
