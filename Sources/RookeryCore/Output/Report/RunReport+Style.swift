extension RunReport {
  static let styleSheet = """
    *{box-sizing:border-box}
    body{margin:0;background:#fff;background:var(--paper);color:#1f2328;color:var(--ink);
    font:16px/1.5 system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif}
    main{max-width:1160px;margin:0 auto;padding:1rem}
    h1{font-size:1.6rem;margin:.5rem 0 0;overflow-wrap:anywhere}
    h2{font-size:1.1rem;margin:1.5rem 0 .4rem}
    .good{color:var(--green);margin:.1rem 0 .8rem}
    .bad{color:var(--orange);margin:.1rem 0 .8rem}
    .facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.6rem 1rem;margin:0 0 1rem}
    .facts dt{color:var(--quiet);font-size:.8rem}
    .facts dd{margin:0;font-size:1.05rem;font-variant-numeric:tabular-nums}
    .warnings{border-left:3px solid var(--orange);margin:0 0 1rem;padding:.2rem 0 .2rem 1.6rem}
    .scroll{overflow-x:auto}
    table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
    th,td{padding:.25rem .9rem .25rem 0;text-align:left;vertical-align:baseline;border-bottom:1px solid var(--grid)}
    td{white-space:nowrap}
    thead th{color:var(--quiet);font-weight:400;font-size:.8rem}
    th small{display:block;font-weight:400;color:var(--quiet)}
    th small.bad{color:var(--orange);margin:0}
    sup,sub{font-size:.72em;line-height:0}
    .settings th{font-weight:400;color:var(--quiet);white-space:nowrap}
    .settings td{white-space:normal;overflow-wrap:anywhere}
    .stack{display:inline-flex;flex-direction:column;vertical-align:middle;font-size:.72em;line-height:1.15}
    .stack sup,.stack sub{font-size:1em;line-height:1.15;vertical-align:baseline}
    .posterior{width:100%}
    .gallery{display:flex;gap:2.5rem;align-items:flex-start}
    .gallery>div{flex:1 1 0;min-width:0}
    figure{margin:0;break-inside:avoid}
    figure svg{display:block;width:100%;height:auto}
    .wide{width:min(1480px,100vw - 3rem);margin-left:calc(50% - min(740px,50vw - 1.5rem))}
    .wide .scroll>div{margin:0 auto}
    figcaption{color:var(--quiet);font-size:.85rem;margin-top:.3rem;max-width:44rem}
    a{color:var(--blue)}
    pre{overflow-x:auto;padding:.7rem;border:1px solid var(--grid);border-radius:4px;font-size:.85rem}
    @media (max-width:1190px){.wide{width:auto;margin-left:0}}
    @media (max-width:820px){.gallery{display:block}}
    @media (max-width:620px){.posterior thead{display:none}
    .posterior tr{display:block;border-bottom:1px solid var(--grid);padding:.4rem 0}
    .posterior th,.posterior td{display:block;border:0;padding:.05rem 0;white-space:normal}
    .posterior td[data-h]::before{content:attr(data-h);display:inline-block;width:7.5rem;color:var(--quiet);font-size:.8rem}
    .posterior td.none{display:none}}
    @media print{body{font-size:11pt}main{max-width:none;padding:0}.scroll{overflow:visible}.gallery{display:block}
    .wide{width:auto;margin:0}h2{break-after:avoid}tr,dl,pre{break-inside:avoid}figcaption{break-before:avoid}
    pre{white-space:pre-wrap;overflow-wrap:anywhere}
    .scroll>div{min-width:0!important;max-width:100%!important}
    figure svg{width:auto;max-width:100%;max-height:21cm;margin:0 auto}}
    """
}
