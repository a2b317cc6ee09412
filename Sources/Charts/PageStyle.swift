/// Style sheet and script of the page.
package enum PageStyle {
    /// Colours are variables, so that light, dark and print differ in one place. `c0`…`c7` tell series apart.
    package static let sheet: Markup = """

        :root{color-scheme:light dark;\(light)}
        @media (prefers-color-scheme:dark){:root{\(dark)}}
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%}
        body{margin:0;background:var(--paper);color:var(--ink);
        font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
        main{max-width:968px;margin:0 auto;padding:44px 24px 72px}
        h1{font-size:34px;line-height:1.15;letter-spacing:-.02em;margin:2px 0 8px;overflow-wrap:anywhere}
        h2{font-size:21px;letter-spacing:-.01em;margin:0 0 12px}
        h3{font-size:15px;margin:22px 0 8px}
        p{margin:0 0 12px}
        a{color:var(--accent);text-decoration:none}
        a:hover{text-decoration:underline}
        code{font:.9em/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
        .kicker{color:var(--accent);font-weight:600;font-size:13px;margin:0}
        .facts,.lead{overflow-wrap:anywhere}
        .facts{color:var(--soft)}
        .facts b{color:var(--ink)}
        .lead{font-size:17px;max-width:46em;margin:20px 0 0}
        .quiet,.note,.none,figcaption{color:var(--soft)}
        .note,figcaption{font-size:13px}
        .tiles{display:grid;grid-template-columns:1.3fr repeat(4,1fr);margin:26px 0 0;
        border:1px solid var(--line);border-radius:10px;overflow:hidden}
        .tile{padding:14px 14px;border-left:1px solid var(--line);margin-left:-1px;overflow-wrap:anywhere}
        .tile p{margin:0;font-size:13px;line-height:1.4}
        .tile.first{background:var(--wash)}
        .tile .figure{font-size:21px;line-height:1.4;font-weight:650;letter-spacing:-.02em}
        .tile.first .figure{font-size:clamp(22px,3.6vw,34px);line-height:1.2;color:var(--accent)}
        nav ul,.legend{list-style:none;display:flex;flex-wrap:wrap;padding:0;margin:0}
        nav{margin:26px 0 0;padding:10px 0;border-top:1px solid var(--line);border-bottom:1px solid var(--line)}
        nav ul{gap:4px 20px}
        section{margin-top:44px;scroll-margin-top:12px}
        .legend{gap:4px 16px;font-size:13px;color:var(--soft);margin:0 0 10px}
        .legend li{display:flex;align-items:center;gap:5px;overflow-wrap:anywhere}
        figure{margin:0 0 18px}
        figcaption{margin-top:6px}
        svg{font-family:inherit}
        svg.chart{display:block;width:100%;height:auto;overflow:visible}
        svg.narrow{display:none}
        .pair{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:0 40px}
        .grid path{stroke:var(--line);fill:none}
        .grid .base{stroke:var(--faint)}
        .ticks,text.ticks{fill:var(--soft);font-size:12px;font-variant-numeric:tabular-nums}
        .axis{fill:var(--soft);font-size:12.5px}
        .label,.name{fill:var(--ink);font-size:13px;font-weight:600}
        .label{paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}
        .dots>*{stroke:var(--paper);stroke-width:.5px}
        .dots .edge{stroke-width:1.5px;opacity:.7}
        .best{fill:none;stroke:var(--ink);stroke-width:1.75px;stroke-linejoin:round}
        .front{fill:none;stroke:var(--ink);stroke-width:1.5px;stroke-linejoin:round}
        .leader{fill:none;stroke:var(--faint);stroke-width:1px}
        .zero{stroke:var(--ink);stroke-width:1px}
        .ring{fill:var(--paper);stroke:var(--ink);stroke-width:1.5px}
        .ring.named{stroke-width:2.75px}
        .unknown{fill:var(--faint)}
        .cells text{text-anchor:middle;fill:var(--ink);font-variant-numeric:tabular-nums;pointer-events:none}
        .cells text.over{fill:#fff}
        .cells .right{fill:var(--right)}
        .cells .wrong{fill:var(--wrong)}
        .cells .blank{fill:var(--wash)}
        \(marks)
        .scroll{overflow-x:auto;margin:0 0 14px;outline-offset:2px}
        table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
        caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
        th,td{text-align:left;padding:6px 18px 6px 0;border-bottom:1px solid var(--line);vertical-align:top;white-space:nowrap}
        th:last-child,td:last-child{padding-right:2px}
        thead th{color:var(--soft);font-weight:500;font-size:13px;vertical-align:bottom;border-bottom-color:var(--faint)}
        tbody th{font-weight:500}
        .n{text-align:right}
        .n+:not(.n){padding-left:8px}
        .strong>*{background:var(--wash)}
        th svg,td svg{vertical-align:-2px}
        .wrap td:last-child{white-space:normal;min-width:16em}
        .reason{white-space:pre-wrap;overflow-wrap:anywhere}
        .grid-table{width:auto}
        .grid-table td{padding:2px}
        .grid-table th.n{text-align:center;padding:6px 6px}
        .batch{display:block;min-width:56px;padding:3px 8px;text-align:center;border-radius:4px}
        .b1{background:color-mix(in srgb,var(--accent) 12%,var(--paper))}
        .b2{background:color-mix(in srgb,var(--accent) 24%,var(--paper))}
        .b3{background:color-mix(in srgb,var(--accent) 36%,var(--paper))}
        .b4{background:color-mix(in srgb,var(--accent) 48%,var(--paper))}
        details summary{cursor:pointer}
        dl{margin:0}
        dd{margin:0}
        .settings{display:grid;grid-template-columns:auto auto;justify-content:start;gap:1px 14px;margin:6px 0 4px 14px;
        font-size:13px;font-weight:400}
        .settings dt{color:var(--soft)}
        .steps{display:grid;grid-template-columns:auto 1fr;gap:8px 22px;align-items:baseline}
        .steps dt code{display:inline-block;background:var(--wash);padding:5px 10px;border-radius:6px;user-select:all}
        .steps dd{color:var(--soft)}
        .details>div{display:grid;grid-template-columns:7em 1fr;padding:5px 0;border-bottom:1px solid var(--line)}
        .details dt{color:var(--soft)}
        .details dd{overflow-wrap:anywhere}
        #tip{position:fixed;z-index:9;pointer-events:none;white-space:pre-line;background:var(--ink);color:var(--paper);
        font-size:12.5px;line-height:1.4;        padding:6px 9px;border-radius:6px;max-width:320px;overflow-wrap:anywhere}
        @media (max-width:700px){main{padding:26px 16px 48px}h1{font-size:26px}.lead{font-size:16px}section{margin-top:36px}
        svg.wide{display:none}svg.narrow{display:block;max-width:480px}
        .tiles{grid-template-columns:1fr 1fr}.tile{border-top:1px solid var(--line);margin-top:-1px}.tile.first{grid-column:1/-1}
        .tile.first .figure{font-size:34px}
        .pair{grid-template-columns:minmax(0,1fr)}.steps{grid-template-columns:1fr;gap:2px}.steps dd{margin-bottom:10px}
        .details>div{grid-template-columns:1fr}}
        @media print{:root{\(light);--ink:#000}
        main{max-width:none;padding:0}nav,#tip{display:none}svg.chart.wide{display:block}svg.chart.narrow{display:none}
        body{font-size:11pt;print-color-adjust:exact;-webkit-print-color-adjust:exact}
        figure,.tiles,tr{break-inside:avoid}h2,h3{break-after:avoid}.scroll{overflow:visible}table{font-size:9.5pt}}

        """

    /// The colours of series were searched for so that they differ for everyone. The least distance of two of them in OKLab, times 100,
    /// is 15.6 on white and 17.9 on black; 11.1 and 12.8 with deuteranopia, 10.9 and 12.7 with protanopia, as simulated by Machado and
    /// others (2009).
    private static let light: Markup = """
        --paper:#fff;--ink:#1b1f24;--soft:#59626d;--faint:#8b939c;--line:#e3e6ea;--wash:#f5f6f8;--accent:#1f66c1;
        --right:#1f66c1;--wrong:#d35a1f;
        --c0:#397af0;--c1:#fd7607;--c2:#118779;--c3:#830771;--c4:#624800;--c5:#492eae;--c6:#b75831;--c7:#73a3c3
        """

    private static let dark: Markup = """
        --paper:#14171b;--ink:#e8ebee;--soft:#a5aeb8;--faint:#78828c;--line:#2c3239;--wash:#1c2126;--accent:#6aa9f4;
        --right:#2a6fd0;--wrong:#e0672b;
        --c0:#4a75ef;--c1:#e88a14;--c2:#23bea3;--c3:#bb3a95;--c4:#fcdf2d;--c5:#c195ff;--c6:#be4400;--c7:#a4ddf9
        """

    private static let marks: Markup = (0..<ChartMark.colours).map { colour -> Markup in
        ".c\(colour){fill:var(--c\(colour))}.s\(colour){stroke:var(--c\(colour))!important}"
    }.joined("\n")

    /// Shows what the marks carry in their `title` without the browser's delay; the page loses nothing without it.
    package static let script: Markup = """

        (function(){var tip=document.getElementById("tip");
        document.querySelectorAll("svg.chart").forEach(function(chart){
        var own=chart.querySelector(":scope>title"),more=chart.querySelector(":scope>desc");
        if(own&&more){chart.setAttribute("aria-label",own.textContent);chart.removeAttribute("aria-labelledby");
        chart.setAttribute("aria-describedby",more.id);own.remove()}
        chart.addEventListener("pointermove",function(event){var mark=event.target;
        var title=mark!==chart?mark.querySelector(":scope>title"):null;
        if(title){mark.setAttribute("data-tip",title.textContent);title.remove()}
        var text=mark.getAttribute("data-tip");tip.hidden=!text;if(!text)return;tip.textContent=text;
        var box=tip.getBoundingClientRect(),x=event.clientX+14,y=event.clientY+14;
        tip.style.left=Math.max(4,Math.min(x,innerWidth-box.width-8))+"px";
        tip.style.top=(y+box.height>innerHeight-8?event.clientY-box.height-12:y)+"px"});
        chart.addEventListener("pointerleave",function(){tip.hidden=true})})})();

        """
}
