import Charts

/// What the pictures of a study add to the page's style.
enum StudyStyle {
    /// Steps from best to worst, `q0`…`q7`.
    static let shades = 8

    static let sheet: Markup = """

        :root{\(light)}
        @media (prefers-color-scheme:dark){:root{\(dark)}}
        @media print{:root{\(light)}}
        .dot,.line,.bar{fill:none}
        .dot{stroke-linecap:round}
        .line{stroke-width:1px;stroke-linejoin:round}
        .done{stroke:var(--accent)}.early{stroke:var(--faint)}.broken{stroke:var(--wrong)}.going{stroke:var(--c2)}
        .fill.done{fill:var(--accent);stroke:none}.fill.early{fill:var(--faint);stroke:none}
        .fill.broken{fill:var(--wrong);stroke:none}.fill.going{fill:var(--c2);stroke:none}
        .hollow{fill:var(--paper);stroke-width:1.25px}
        .rail{stroke:var(--faint);fill:none}
        .tag{fill:var(--ink);font-size:11.5px;paint-order:stroke;stroke:var(--paper);stroke-width:3.5px;stroke-linejoin:round}
        .panel{fill:var(--wash)}
        .member{fill:var(--ink);stroke:var(--paper);stroke-width:1px}
        .star{fill:var(--paper);stroke:var(--ink);stroke-width:2px}
        .band{fill:var(--accent);opacity:.18;stroke:none}
        .mark{fill:var(--wrong);stroke:var(--paper);stroke-width:1px}
        .swatch{display:inline-block;width:16px;height:10px}
        .ramp{display:inline-flex}
        \(ramp)
        """

    /// From the best to the worst: light to dark or the other way round, so that the best stands out from the paper, through hues that
    /// keep their order without colour.
    private static let light: Markup = """
        --q0:#341982;--q1:#12469b;--q2:#006ca6;--q3:#008ea6;--q4:#00ab9f;--q5:#6bc399;--q6:#acd89a;--q7:#e5eba9
        """

    private static let dark: Markup = """
        --q0:#f2ef6f;--q1:#a6e07c;--q2:#57ca90;--q3:#00af9f;--q4:#008fa3;--q5:#006c9b;--q6:#264a85;--q7:#322b66
        """

    private static let ramp: Markup = (0..<shades).map { shade -> Markup in
        ".q\(shade){stroke:var(--q\(shade))}.f\(shade){fill:var(--q\(shade));stroke:none}.g\(shade){background:var(--q\(shade))}"
    }.joined("\n")

    /// The key to the shades.
    static func key(best: String, worst: String) -> Markup {
        let swatches = (0..<shades).map { "<span class=\"swatch g\($0)\"></span>" as Markup }
        return "<ul class=\"legend\"><li>\(best) <span class=\"ramp\">\(swatches.joined())</span> \(worst)</li></ul>"
    }

    /// A key of dots.
    static func key(_ items: [(style: Markup, text: String)]) -> Markup {
        let lines = items.map { item -> Markup in
            "<li><svg width=\"14\" height=\"14\" aria-hidden=\"true\">\(item.style)</svg>\(item.text)</li>"
        }
        return lines.isEmpty ? "" : "<ul class=\"legend\">\(lines.joined())</ul>"
    }
}
