/**
 * The layout of the PDF. Every word comes from `facts.json`, which typst reads as values: a string there is set as it is and never
 * read as markup, whatever it holds.
 */
export const template = String.raw`
#let facts = json("facts.json")
#let ink = rgb("#1d1c1a")
#let soft = rgb("#5e5a53")
#let hair = rgb("#d9d4ca")
#let accent = rgb("#1b5e43")
#let tones = (bad: rgb("#b3261e"), warn: rgb("#8a5a00"), good: rgb("#1b6e3c"), calm: rgb("#4a6072"))

#set document(title: facts.verdict, author: "Steward", date: auto)
#set page(
  paper: "a4",
  margin: (x: 22mm, top: 24mm, bottom: 22mm),
  header: context if counter(page).get().first() > 1 {
    set text(8pt, fill: soft)
    grid(columns: (1fr, auto), "Steward audit", facts.writtenAt)
    v(-6pt)
    line(length: 100%, stroke: 0.4pt + hair)
  },
  footer: context {
    set text(8pt, fill: soft)
    grid(
      columns: (1fr, auto),
      "Times are UTC; ranges in brackets are 95 % intervals.",
      counter(page).display("1 / 1", both: true),
    )
  },
)
#set text(font: ("Inter", "Source Serif 4"), size: 9.5pt, fill: ink, lang: "en", number-width: "tabular", hyphenate: false)
#set par(leading: 0.62em, spacing: 0.9em, linebreaks: "optimized")
#set table(stroke: none, inset: (x: 0pt, y: 4.5pt))
#show heading: set block(sticky: true)
#show heading.where(level: 1): set text(font: "Source Serif 4", size: 19pt, weight: 400)
#show heading.where(level: 1): set par(leading: 0.5em)
#show heading.where(level: 2): set text(13pt, weight: 600)
#show heading.where(level: 2): set block(above: 2.2em, below: 0.8em)
#show heading.where(level: 3): set text(10.5pt, weight: 600)
#show heading.where(level: 3): set block(above: 0.7em, below: 0.8em)
#show heading.where(level: 4): set text(9.5pt, weight: 600)

#let quiet(body) = text(8pt, fill: soft, body)
#let rule = line(length: 100%, stroke: 0.4pt + hair)
#let strong-text(body) = text(weight: 600, body)

#let figures = block(above: 1.6em, below: 1.2em, grid(
  columns: (1fr,) * facts.figures.len(),
  inset: (x, y) => (y: 8pt, left: if x > 0 { 8pt } else { 0pt }, right: 8pt),
  stroke: (x, y) => (top: 0.4pt + hair, bottom: 0.4pt + hair, left: if x > 0 { 0.4pt + hair }),
  ..facts.figures.map(f => stack(
    spacing: 6pt,
    quiet(f.name),
    text(13pt, weight: 600, f.value),
    par(leading: 0.45em, quiet(f.note)),
  )),
))

// A full, a half and an empty disc, drawn: fonts lack the half one.
#let icon(severity, color) = {
  let half = gradient.linear((color, 0%), (color, 50%), (white, 50%), (white, 100%))
  let fill = if severity == "page" { color } else if severity == "ticket" { half } else { white }
  pdf.artifact(box(baseline: 0.3pt, circle(radius: 2.8pt, fill: fill, stroke: 0.8pt + color)))
}

// Facts with a name above each, three in a row.
#let pairs(entries) = grid(
  columns: (1fr, 1fr, 1fr),
  column-gutter: 14pt,
  row-gutter: 9pt,
  ..entries.map(entry => stack(spacing: 4.5pt, quiet(entry.at(0)), par(leading: 0.45em, entry.at(1)))),
)

#let swatch(fill, height) = box(baseline: -2pt + height / 2, rect(width: 10pt, height: height, fill: fill))
#let key(entries) = quiet(entries.map(entry => box[#swatch(rgb(entry.color), if entry.thin { 1.2pt } else { 5pt })#h(4pt)#entry.words]).join(h(12pt)))

#let table-of(t, numbers: true) = {
  let columns = t.head.len()
  block(width: 100%, breakable: true, {
    if t.caption != "" { block(below: 0.5em, sticky: true, strong-text(t.caption)) }
    table(
      columns: if not numbers { (auto, 1fr) } else if columns > 2 { (auto,) * columns } else { (1fr, auto) },
      inset: (x, y) => (y: 4.5pt, left: if x > 0 { 8pt } else { 0pt }, right: 0pt),
      align: (x, y) => if numbers and x > 0 { right } else { left },
      stroke: (x, y) => (bottom: 0.4pt + hair),
      table.header(..t.head.map(quiet)),
      ..t.rows.flatten(),
    )
  })
}

#let example(e) = block(width: 100%, breakable: false, inset: (top: 3pt), {
  par(quiet({ text(font: ("JetBrains Mono", "Inter"), size: 7.5pt, e.place); linebreak(); e.head }))
  if e.facts.len() > 0 { par(quiet(e.facts.join("   "))) }
  for t in e.texts {
    block(above: 0.9em, below: 0.55em, sticky: true, quiet(t.name))
    block(
      width: 100%,
      inset: (left: 8pt),
      stroke: (left: 0.8pt + hair),
      par(leading: 0.5em, text(font: ("JetBrains Mono", "Inter"), size: 7.5pt, t.text)),
    )
  }
})

#let evidence(f) = if f.before.len() + f.after.len() > 0 {
  let sides = ((name: "Rows before", rows: f.before), (name: "Rows after", rows: f.after)).filter(side => side.rows.len() > 0)
  block(above: 1.6em, below: 0.2em, sticky: true, grid(
    columns: (1fr,) * sides.len(),
    column-gutter: 16pt,
    ..sides.map(side => strong-text(side.name)),
  ))
  let longest = calc.max(..sides.map(side => side.rows.len()))
  for i in range(longest) {
    grid(
      columns: (1fr,) * sides.len(),
      column-gutter: 16pt,
      ..sides.map(side => if i < side.rows.len() { example(side.rows.at(i)) }),
    )
  }
}

#let finding(f) = {
  // What happened and its picture stay on one page.
  block(above: 1.6em, below: 1.1em, width: 100%, breakable: false, {
    rule
    block(above: 0.9em, below: 0pt, text(8pt, weight: 600, fill: tones.at(f.tone), {
      icon(f.icon, tones.at(f.tone))
      h(4pt)
      f.badge
    }))
    heading(level: 3, f.title)
    block(below: 1.2em, pairs(f.facts))
    if f.chart != none {
      image(bytes(f.chart.svg), format: "svg", width: 100%, alt: f.chart.alt)
      v(-4pt)
      par(quiet({ strong-text(f.chart.title + ". "); f.chart.caption }))
      block(key(f.chart.key))
    }
  })
  if f.explanation != "" { par(f.explanation) }
  if f.action != none { block(inset: (left: 8pt, y: 2pt), stroke: (left: 2pt + accent), par({ strong-text("Next: "); f.action })) }
  evidence(f)
}

#quiet("Steward audit · " + facts.writtenAt)
#v(-2pt)
#heading(level: 1, facts.verdict)
#par(text(fill: soft, facts.source))
#figures

#heading(level: 2, "What changed")
#if facts.nothing != none { par(facts.nothing) } else { quiet(facts.order) }
#for section in facts.sections {
  if section.group != none {
    block(above: 1.6em, below: 1em, sticky: true, width: 100%, {
      line(length: 100%, stroke: 1pt + ink)
      quiet(section.group.count)
      heading(level: 3, section.group.title)
      quiet(section.group.note)
    })
  }
  for f in section.findings { finding(f) }
}

#if facts.cohorts.len() > 0 {
  heading(level: 2, "Side by side")
  for t in facts.cohorts { table-of(t) }
}

#if facts.steady != none or facts.moved != none or facts.undecided.rows.len() > 0 {
  heading(level: 2, "What else was looked at")
  if facts.moved != none { par({ strong-text("Moved by less than counts: "); facts.moved + "." }) }
  if facts.steady != none { par({ strong-text("Steady: "); facts.steady + "." }) }
  if facts.undecided.rows.len() > 0 { table-of(facts.undecided, numbers: false) }
  if facts.undecidedMore != none { quiet("… " + facts.undecidedMore + ".") }
}

#heading(level: 2, "How the log was read")
#if facts.assumptions.len() > 0 {
  block(below: 0.6em, sticky: true, strong-text("Assumed"))
  list(..facts.assumptions, indent: 0pt, body-indent: 6pt, spacing: 0.7em)
}
#if facts.mapping.rows.len() > 0 { v(0.6em); table-of(facts.mapping, numbers: false) }
#if facts.unread != none { par(facts.unread) }
#block(above: 1.2em, below: 0.6em, sticky: true, strong-text("Rejected rows"))
#par(facts.rejected)
#if facts.rejectedReasons.rows.len() > 0 { table-of(facts.rejectedReasons) }
#if facts.glyphs != none { v(1em); par(quiet(facts.glyphs)) }
#v(1em)
#quiet("Steward " + facts.steward + ". Written on " + facts.writtenAt + ".")
`;
