// What filters act on: adds the page's data up and draws tables and charts. Whatever comes from
// the data becomes text (textContent), never markup.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const { tables, currency } = JSON.parse($("data").textContent);

  // --- data ----------------------------------------------------------------------------------

  const unpacked = ({ rows, columns }) => {
    const read = Object.entries(columns).map(([name, column]) => [
      name, column.words ? (i) => column.words[column.codes[i]] : (i) => column[i],
    ]);
    return Array.from({ length: rows }, (_, i) =>
      Object.fromEntries(read.map(([name, at]) => [name, at(i)])));
  };
  const data = Object.fromEntries(
    Object.entries(tables).map(([name, table]) => [name, unpacked(table)]));
  const all = Object.values(data).flat();
  const distinct = (field) => [...new Set(all.map((row) => row[field]))].filter(Boolean).sort();

  const months = distinct("month");
  const state = {
    from: months[0], to: months.at(-1), source: "", segment: "", follow: "mql",
    basis: "mql_creating", cohortFollow: "mql", cohortStage: "sales_qualified", cohortDays: "90",
    effectVersion: data.effect?.[0]?.version ?? "", effectMeasure: "qualified", model: "linear",
  };
  const kept = (rows, { segment = true } = {}) => rows.filter((row) =>
    row.month >= state.from && row.month <= state.to
    && (!state.source || row.source === state.source)
    && (!segment || !state.segment || row.segment === state.segment));
  const sum = (rows, field) => rows.reduce((total, row) => total + row[field], 0);
  const grouped = (rows, key) => {
    const groups = new Map();
    for (const row of rows) {
      const name = key(row);
      if (!groups.has(name)) groups.set(name, []);
      groups.get(name).push(row);
    }
    return groups;
  };

  // --- words ---------------------------------------------------------------------------------

  const STAGES = {
    lead: "Leads", mql: "MQL", handed_on: "Handed on", sales_accepted: "Accepted (SAL)",
    sales_qualified: "Qualified (SQL)", opportunity: "Opportunity", won: "Won",
  };
  const SEGMENTS = { hand_raise: "asked for sales", hot: "hot", standard: "standard" };
  const CLOCKS = {
    hand_on: ["Hand-on", "marketing"], first_attempt: ["First attempt", "sales"],
    decision: ["Decision", "sales"],
  };
  const BANDS = {
    before_hand_on: "before the hand-on", within_5_minutes: "within 5 minutes",
    within_30_minutes: "within 30 minutes", within_1_hour: "within 1 hour",
    same_day: "the same day", later: "later", never: "never", not_yet: "not yet",
    decided_first: "decided first", unknown: "unknown (only days are known)",
  };
  const MODELS = {
    first_touch: "First touch", last_touch: "Last touch", mql_creating: "MQL-creating",
    linear: "Linear", u_shaped: "U-shaped", w_shaped: "W-shaped", time_decay: "Time decay",
  };
  const CATEGORIES = [
    "bad_data", "no_fit", "no_interest", "not_ready", "no_contact", "competitor", "duplicate",
    "without_reason",
  ];
  const words = (value) => String(value).replaceAll("_", " ");
  const monthWords = new Intl.DateTimeFormat("en-GB", { month: "short", year: "numeric", timeZone: "UTC" });
  const monthName = (month) => monthWords.format(new Date(`${month}-01T00:00:00Z`));
  const integers = new Intl.NumberFormat("en-GB");
  const count = (n) => integers.format(n);
  const money = (cents) => count(Math.round(cents / 100));
  const share = (part, whole) => (whole ? part / whole : null);
  const percent = (rate) => (rate === null ? "–" : `${(100 * rate).toFixed(1)} %`);

  // --- elements ------------------------------------------------------------------------------

  const element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== undefined && value !== null && value !== false) made.setAttribute(name, value);
    }
    made.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return made;
  };
  // A bar of parts, each [share of the track, class, what it is]: the figures stand beside it.
  const track = (...parts) => element("div", { class: "track", "aria-hidden": "true" },
    parts.map(([part, kind, title]) => {
      const bar = element("i", { class: kind, title });
      bar.style.width = `${100 * part}%`;
      return bar;
    }));

  // Fills a table. A column: label, cell(row) → text or element, and n (a figure, to the right),
  // head (names the row), sort(row) → value to sort by.
  const fill = (table, caption, columns, rows, foot) => {
    const sorted = table.querySelector("th[aria-sort]");
    const order = sorted && { label: sorted.textContent, way: sorted.getAttribute("aria-sort") };
    const cell = (column, row) => element(
      column.head ? "th" : "td",
      {
        class: column.n ? "n" : column.kind, scope: column.head ? "row" : null,
        "data-sort": column.sort ? column.sort(row) ?? "" : null,
      },
      column.cell(row));
    table.replaceChildren(
      element("caption", {}, caption),
      element("thead", {}, element("tr", {}, columns.map((column) =>
        element("th", { scope: "col", class: column.n ? "n" : null }, column.label)))),
      element("tbody", {}, rows.length
        ? rows.map((row) => element("tr", {}, columns.map((column) => cell(column, row))))
        : element("tr", {}, element("td", { colspan: columns.length }, "Nothing in this choice."))),
      foot
        ? element("tfoot", {}, element("tr", {}, columns.map((column) =>
          cell({ ...column, sort: null }, foot))))
        : "");
    if (table.classList.contains("sortable")) makeSortable(table, order);
  };

  // --- sorting -------------------------------------------------------------------------------

  const value = (row, column) => {
    const cell = row.cells[column];
    const text = cell.dataset.sort ?? cell.textContent;
    const number = Number(text);
    return text === "" || text === "–" ? null : Number.isNaN(number) ? text : number;
  };
  const sortBy = (table, column, way) => {
    const sign = way === "ascending" ? 1 : -1;
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row, place) => ({ row, place, key: value(row, column) }));
    rows.sort((a, b) => {
      if (a.key === null || b.key === null) return (a.key === null) - (b.key === null) || a.place - b.place;
      const order = typeof a.key === typeof b.key
        ? (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)
        : typeof a.key === "number" ? -1 : 1;
      return sign * order || a.place - b.place;
    });
    body.append(...rows.map(({ row }) => row));
    [...table.tHead.rows[0].cells].forEach((heading, i) => {
      if (i === column) heading.setAttribute("aria-sort", way);
      else heading.removeAttribute("aria-sort");
    });
  };
  const makeSortable = (table, order) => {
    [...table.tHead.rows[0].cells].forEach((heading, column) => {
      const label = heading.textContent;
      const button = element("button", { type: "button" }, label);
      button.addEventListener("click", () => {
        const numeric = [...table.tBodies[0].rows]
          .some((row) => row.cells[column] && typeof value(row, column) === "number");
        const first = numeric ? "descending" : "ascending";
        const now = heading.getAttribute("aria-sort");
        const way = now === null ? first : now === "ascending" ? "descending" : "ascending";
        sortBy(table, column, way);
        limit(table);
        announce(`Sorted by ${label.toLowerCase()}, ${way}.`);
      });
      heading.replaceChildren(button);
      if (order && order.label === label && table.tBodies[0].rows[0].cells.length > 1) {
        sortBy(table, column, order.way);
      }
    });
  };

  // --- rows that the template wrote ------------------------------------------------------------

  // Shows what fits the filters; of a long table only the first rows, until all are asked for.
  const limit = (table) => {
    if (!table.dataset.shown) return;
    const button = document.querySelector(`[data-more="${table.id}"]`);
    const whole = button.getAttribute("aria-expanded") === "true";
    const fitting = [...table.tBodies[0].rows].filter((row) => {
      const fits = (!state.source || row.dataset.source === state.source)
        && (!state.segment || row.dataset.segment === state.segment);
      row.hidden = !fits;
      return fits;
    });
    const shown = whole ? fitting.length : Number(table.dataset.shown);
    fitting.forEach((row, place) => { row.hidden = place >= shown; });
    button.hidden = fitting.length <= Number(table.dataset.shown);
    button.textContent = whole ? "Show the first ones only" : `Show all ${count(fitting.length)}`;
    $("calls-told").textContent = `${count(Math.min(shown, fitting.length))} of ${count(fitting.length)} shown.`;
  };

  // --- charts --------------------------------------------------------------------------------

  const paint = (name) => `var(--${name})`;
  const CONFIG = {
    background: "transparent", font: getComputedStyle(document.body).fontFamily, aria: false, view: { stroke: null },
    axis: {
      domainColor: paint("line"), gridColor: paint("line"), tickColor: paint("line"),
      labelColor: paint("soft"), titleColor: paint("soft"), labelFontSize: 13, titleFontSize: 13,
      titleFontWeight: "normal", labelPadding: 6,
    },
    legend: { labelColor: paint("ink"), titleColor: paint("soft"), labelFontSize: 13, orient: "top", title: null },
  };
  const draw = (id, spec) => vegaEmbed(
    $(id),
    { $schema: "https://vega.github.io/schema/vega-lite/v6.json", width: "container",
      autosize: { type: "fit-x", contains: "padding" }, config: CONFIG, ...spec },
    { ast: true, renderer: "svg", actions: false, defaultStyle: false, tooltip: { disableDefaultStyle: true } },
  ).catch((error) => { $(id).textContent = `The chart cannot be drawn: ${error.message}`; });

  // --- sections ------------------------------------------------------------------------------

  const stagesOf = (follow, entries, reached) => {
    const counts = { [follow]: sum(entries, "entered") };
    for (const stage of Object.keys(STAGES)) {
      if (stage !== follow) counts[stage] = sum(reached.filter((row) => row.stage === stage), "reached");
    }
    if (follow === "mql") delete counts.lead;
    return Object.keys(STAGES).filter((stage) => stage in counts)
      .map((stage) => ({ stage, n: counts[stage] }));
  };
  const followed = (rows, follow) => kept(rows, { segment: follow === "mql" })
    .filter((row) => row.follow === follow);
  const byStage = (follow) => (follow === "events"
    ? Object.keys(STAGES).map((stage) => {
      const rows = kept(data.events).filter((row) => row.stage === stage);
      return { stage, n: sum(rows, "n"), direct: sum(rows, "direct") };
    })
    : stagesOf(follow, followed(data.entries, follow), followed(data.reached, follow)));

  const drawHeadlines = () => {
    const leads = sum(followed(data.entries, "lead"), "entered");
    const mqls = followed(data.entries, "mql");
    const n = Object.fromEntries(byStage("mql").map((row) => [row.stage, row.n]));
    const tile = (label, figure, beneath) =>
      element("div", {}, element("dt", {}, label), element("dd", {}, figure, element("small", {}, beneath)));
    const of = (part, whole, what) => `${percent(share(part, whole))} of ${count(whole)} ${what}`;
    $("headlines").replaceChildren(
      tile("Leads", count(leads), state.segment ? "of all segments" : "came in"),
      tile("MQLs", count(n.mql), "by the agreement"),
      tile("Accepted by sales", count(n.sales_accepted), of(n.sales_accepted, n.mql, "MQLs")),
      tile("Qualified by sales", count(n.sales_qualified), of(n.sales_qualified, n.mql, "MQLs")),
      tile("Won", count(n.won), of(n.won, n.mql, "MQLs")),
      tile(`Won ${currency}`, money(sum(mqls, "won_cents")), "with these MQLs"));
    return n;
  };

  const drawFunnel = () => {
    const { follow } = state;
    const rows = byStage(follow);
    const most = Math.max(1, ...rows.map((row) => row.n));
    const first = rows[0].n;
    rows.forEach((row, place) => { row.before = place ? rows[place - 1] : null; });
    const columns = [
      { label: "Stage", head: true, cell: (row) => STAGES[row.stage] },
      { label: "", kind: "bar", cell: (row) => track([row.n / most, "", count(row.n)]) },
      { label: "Count", n: true, cell: (row) => count(row.n) },
    ];
    if (follow === "mql") {
      columns.push(
        { label: "of the stage before", n: true, cell: (row) => (row.before ? percent(share(row.n, row.before.n)) : "") },
        { label: "of MQLs", n: true, cell: (row) => percent(share(row.n, first)) });
    } else if (follow === "lead") {
      columns.push({ label: "of leads", n: true, cell: (row) => percent(share(row.n, first)) });
    } else {
      columns.push({ label: "of these without an MQL", n: true, cell: (row) => count(row.direct) });
    }
    const captions = {
      mql: "MQLs made in the period, and how far their hand-offs came since",
      lead: "Leads that came in in the period, and how far they came since",
      events: "What happened in the period, whenever its leads came in",
    };
    fill($("funnel-table"), captions[follow], columns, rows);
    const notes = {
      mql: "",
      lead: "Leads count once, with whatever hand-off came first, with or without an MQL: so each stage is set against the leads, not against the stage before."
        + (state.segment ? " Segments belong to MQLs; leads of all segments are counted here." : ""),
      events: "Stages of different leads stand side by side here, so no rate is made of them."
        + (state.segment ? " Segments belong to MQLs; leads and hand-offs without one stand out." : ""),
    };
    $("funnel-note").textContent = notes[follow];

    const perMonth = months.filter((month) => month >= state.from && month <= state.to).map((month) => {
      const wanted = (list) => list.filter((row) => row.month === month);
      const counts = follow === "events"
        ? Object.keys(STAGES).map((stage) =>
          [stage, sum(wanted(kept(data.events)).filter((row) => row.stage === stage), "n")])
        : stagesOf(follow, wanted(followed(data.entries, follow)), wanted(followed(data.reached, follow)))
          .map((row) => [row.stage, row.n]);
      return { month, ...Object.fromEntries(counts) };
    });
    fill($("months-table"), captions[follow], [
      { label: "Month", head: true, cell: (row) => monthName(row.month) },
      ...rows.map(({ stage }) => ({ label: STAGES[stage], n: true, cell: (row) => count(row[stage]) })),
    ], perMonth);
  };

  const drawCohorts = () => {
    const { cohortFollow: follow, cohortStage: stage, cohortDays: days } = state;
    const entries = grouped(followed(data.entries, follow), (row) => row.month);
    const reached = grouped(
      followed(data.reached, follow).filter((row) => row.stage === stage), (row) => row.month);
    const points = [...entries.keys()].sort().map((month) => {
      const entered = sum(entries.get(month), "entered");
      const observed = sum(entries.get(month), `observed_${days}`);
      const rows = reached.get(month) ?? [];
      const young = observed < entered;
      const n = sum(rows, young ? "reached" : `within_${days}`);
      return { month, date: `${month}-01`, young, entered, observed, n, rate: n / entered };
    });
    points.forEach((point) => {
      point.told = `${count(point.n)} of ${count(point.entered)} (${percent(point.rate)})`
        + (point.young ? " so far" : "");
      point.name = monthName(point.month);
    });
    const who = follow === "mql" ? "MQLs" : "leads";
    const nYoung = sum(points, "young");
    $("cohort-caption").textContent = points.length
      ? `Share of each month’s ${who} that reached ${STAGES[stage]} within ${days} days; `
        + (nYoung ? `the last ${count(nYoung)} of ${count(points.length)} cohorts are young.` : "no cohort is young.")
      : "No cohort in this choice.";
    const x = {
      field: "date", type: "temporal", scale: { type: "utc" }, title: null,
      axis: { format: "%b %Y", grid: false, labelOverlap: true, tickCount: { interval: "month", step: points.length > 14 ? 3 : 1 } },
    };
    const y = { field: "rate", type: "quantitative", title: null, scale: { zero: true }, axis: { format: ".0%", tickCount: 5, domain: false } };
    const tooltip = [{ field: "name", title: "Cohort" }, { field: "told", title: "Reached" }];
    const line = (values, strokeDash) => ({
      data: { values },
      mark: { type: "line", color: paint("accent"), strokeWidth: 2, strokeDash },
      encoding: { x, y },
    });
    const dots = (values, fill) => ({
      data: { values },
      mark: { type: "point", shape: "circle", size: 60, opacity: 1, strokeWidth: 2, stroke: paint("accent"), fill: paint(fill) },
      encoding: { x, y, tooltip },
    });
    const old = points.filter((point) => !point.young);
    const young = points.filter((point) => point.young);
    // The dashed line begins at the last cohort that had its time.
    const dashed = young.length ? points.slice(Math.max(0, points.indexOf(young[0]) - 1)) : [];
    const layer = [line(old, [1, 0]), line(dashed, [4, 5]), dots(old, "accent"), dots(young, "card")]
      .filter((drawn) => drawn.data.values.length);
    if (layer.length) draw("cohort-chart", { height: 260, layer });
    else $("cohort-chart").replaceChildren();
    fill($("cohort-table"), $("cohort-caption").textContent, [
      { label: "Month", head: true, cell: (row) => monthName(row.month) },
      { label: `Entered (${who})`, n: true, cell: (row) => count(row.entered) },
      { label: `Followed for ${days} days`, n: true, cell: (row) => count(row.observed) },
      { label: `Reached ${STAGES[stage]}`, n: true, cell: (row) => count(row.n) },
      { label: "Share", n: true, cell: (row) => percent(row.rate) },
      { label: "", cell: (row) => (row.young ? "young: so far" : "") },
    ], points);
  };

  // The newest version with enough decisions, and what its rules say; newer ones are named.
  const SEVERITY = ["none", "review", "stop_buying"];
  const verdictOf = (source) => {
    const few = [];
    for (const [version, rows] of grouped(data.verdicts.filter((row) => row.source === source), (row) => row.version)) {
      if (rows.every((row) => row.verdict === "too_few_decisions")) { few.push(version); continue; }
      const rank = (row) => (SEVERITY.includes(row.verdict) ? SEVERITY.indexOf(row.verdict) : 1);
      const worst = rows.reduce((a, b) => (rank(b) > rank(a) ? b : a));
      return { version, few, ...worst, rank: rank(worst) };
    }
    return { few, verdict: few.length ? "too_few_decisions" : "–", rank: -1 };
  };
  const verdictCell = (row) => {
    const { verdict, rank, version, category, rejections, decisions, few } = row.judged;
    const kind = ["good", "warn", "bad"][rank] ?? "";
    const told = verdict === "none" ? "no objection" : words(verdict);
    const since = few.length ? ", too few decisions since" : "";
    const why = version === undefined ? ""
      : rank > 0
        ? `${category === "all" ? "given back" : words(category)} ${count(rejections)} of ${count(decisions)} under ${version}${since}`
        : `under ${version}${since}`;
    return [element("span", { class: `mark ${kind}` }, told), element("small", {}, why)];
  };

  const drawSources = () => {
    const chosen = kept(data.sources, { segment: false }).filter((row) => row.basis === state.basis);
    const fields = [
      "leads", "mqls", "accepted", "qualified", "opportunities", "won", "returned", "won_cents", "cost_cents", ...CATEGORIES,
    ];
    const added = (rows) => Object.fromEntries(fields.map((field) => [field, sum(rows, field)]));
    const rows = [...grouped(chosen, (row) => row.source)].map(([source, list]) => ({
      source, channel: list[0].channel, judged: verdictOf(source), ...added(list),
    }));
    rows.sort((a, b) => b.mqls - a.mqls || (a.source < b.source ? -1 : 1));
    const figure = (label, field) => ({ label, n: true, sort: (row) => row[field], cell: (row) => count(row[field]) });
    const rate = (label, part, whole) => ({
      label, n: true, sort: (row) => share(row[part], row[whole]), cell: (row) => percent(share(row[part], row[whole])),
    });
    const perEach = (row) => share(row.cost_cents, row.qualified);
    const gain = (row) => share(row.won_cents, row.cost_cents);
    const reasons = (row) => CATEGORIES.filter((category) => row[category])
      .sort((a, b) => row[b] - row[a]).slice(0, 3)
      .map((category) => `${words(category)} ${count(row[category])}`).join(", ");
    fill($("sources-table"), "Sources", [
      { label: "Source", head: true, sort: (row) => row.source, cell: (row) => [words(row.source), element("small", {}, row.channel ? words(row.channel) : "")] },
      { label: "Verdict, and why given back", sort: (row) => row.judged?.rank, cell: (row) => [
        ...(row.judged ? verdictCell(row) : []), element("small", { class: "reasons" }, reasons(row)),
      ] },
      figure("Leads", "leads"), figure("MQL", "mqls"), figure("SAL", "accepted"), figure("SQL", "qualified"),
      rate("SQL of MQL", "qualified", "mqls"), figure("Won", "won"),
      figure("Given back", "returned"),
      rate("Given back of MQL", "returned", "mqls"),
      { label: `Cost, ${currency}`, n: true, sort: (row) => row.cost_cents, cell: (row) => money(row.cost_cents) },
      { label: "Cost per SQL", n: true, sort: perEach, cell: (row) => (perEach(row) === null ? "–" : money(perEach(row))) },
      { label: `Won, ${currency}`, n: true, sort: (row) => row.won_cents, cell: (row) => money(row.won_cents) },
      { label: "Won per cost", n: true, sort: gain, cell: (row) => (gain(row) === null ? "–" : `${gain(row).toFixed(1)} ×`) },
    ], rows, rows.length > 1 ? { source: "all", channel: "", ...added(rows) } : null);
    $("sources-note").textContent = state.segment ? "Costs have no segment: this table counts all segments." : "";

    const given = kept(data.reasons);
    const total = sum(given, "n");
    const byReason = [...grouped(given, (row) => `${row.category}\n${row.reason}`).values()]
      .map((list) => ({ category: list[0].category, reason: list[0].reason, n: sum(list, "n") }))
      .sort((a, b) => b.n - a.n || (a.reason < b.reason ? -1 : 1));
    const most = Math.max(1, ...byReason.map((row) => row.n));
    fill($("reasons-table"), `${count(total)} MQLs given back, by agreed reason`, [
      { label: "Reason", head: true, cell: (row) => words(row.reason) },
      { label: "Category", cell: (row) => words(row.category) },
      { label: "", kind: "bar", cell: (row) => track([row.n / most, "", count(row.n)]) },
      { label: "Count", n: true, cell: (row) => count(row.n) },
      { label: "of those given back", n: true, cell: (row) => percent(share(row.n, total)) },
    ], byReason);
  };

  const drawSpeed = () => {
    const judged = kept(data.sla);
    const rows = Object.keys(CLOCKS).map((clock) => {
      const of = (...verdicts) => sum(judged.filter((row) => row.clock === clock && verdicts.includes(row.verdict)), "n");
      return { clock, met: of("met"), missed: of("missed"), open: of("open"), rest: of("not_judged", "not_yet_observable") };
    });
    const all = (row) => row.met + row.missed + row.open + row.rest || 1;
    const key = (kind, label) => [element("span", { class: `key ${kind}`, "aria-hidden": "true" }), label];
    fill($("sla-table"), "Service levels of the MQLs made in the period", [
      { label: "Clock", head: true, cell: (row) => [CLOCKS[row.clock][0], element("small", {}, `of ${CLOCKS[row.clock][1]}`)] },
      { label: "", kind: "bar", cell: (row) => track(
        [row.met / all(row), "met", `met ${count(row.met)}`], [row.missed / all(row), "missed", `missed ${count(row.missed)}`],
        [(row.open + row.rest) / all(row), "rest", `open or not judged ${count(row.open + row.rest)}`]) },
      { label: key("met", "Met"), n: true, cell: (row) => count(row.met) },
      { label: key("missed", "Missed"), n: true, cell: (row) => count(row.missed) },
      { label: key("", "Open"), n: true, cell: (row) => count(row.open) },
      { label: "Not judged", n: true, cell: (row) => count(row.rest) },
      { label: "Met of judged", n: true, cell: (row) => percent(share(row.met, row.met + row.missed)) },
    ], rows);

    const bands = grouped(kept(data.bands), (row) => row.band);
    const list = Object.keys(BANDS).filter((band) => bands.has(band))
      .map((band) => ({ band, n: sum(bands.get(band), "n") }));
    const most = Math.max(1, ...list.map((row) => row.n));
    const total = sum(list, "n");
    fill($("bands-table"), "First attempt of sales after the hand-on, in calendar time; MQLs made in the period", [
      { label: "First attempt", head: true, cell: (row) => BANDS[row.band] },
      { label: "", kind: "bar", cell: (row) => track([row.n / most, "", count(row.n)]) },
      { label: "MQLs", n: true, cell: (row) => count(row.n) },
      { label: "of these", n: true, cell: (row) => percent(share(row.n, total)) },
    ], list);
    drawEffect();
  };

  const drawEffect = () => {
    const { effectVersion: version, effectMeasure: measure } = state;
    const column = { qualified: "sales_qualified", conversations: "conversation" }[measure];
    const label = { qualified: "qualified", conversations: "talked with" }[measure];
    const segment = state.segment || "all";
    const found = data.effect.filter((row) => row.version === version && row.segment === segment);
    // Who was called before, or decided first, answers nothing about speed.
    const points = Object.keys(BANDS)
      .map((band) => found.find((row) => row.band === band))
      .filter((row) => row && !["before_hand_on", "decided_first", "unknown"].includes(row.band))
      .map((row) => ({
        ...row, name: BANDS[row.band], part: row[measure], rate: share(row[measure], row.n),
        low: row[`${column}_share_low`], high: row[`${column}_share_high`],
        told: `${count(row[measure])} of ${count(row.n)} (${percent(share(row[measure], row.n))})`,
      }));
    const interval = (row) => (row.low === null ? "–" : `${percent(row.low)} to ${percent(row.high)}`);
    $("effect-caption").textContent = points.length
      ? `Share ${label}, by the time to the first attempt; version ${version}, `
        + `${state.segment ? `segment ${SEGMENTS[state.segment] ?? words(state.segment)}` : "all segments"}, all sources.`
      : "No hand-off in this choice.";
    const y = { field: "name", type: "nominal", sort: points.map((point) => point.name), title: null, axis: { domain: false, ticks: false, labelLimit: 200 } };
    const x = (field) => ({ field, type: "quantitative", title: null, scale: { domain: [0, 1] }, axis: { format: ".0%", tickCount: 5, domain: false } });
    const tooltip = [{ field: "name", title: "First attempt" }, { field: "told", title: label }];
    const known = points.filter((point) => point.low !== null);
    if (points.length) {
      draw("effect-chart", {
        height: 30 * points.length,
        layer: [
          ...(known.length ? [{
            data: { values: known },
            mark: { type: "rule", color: paint("bar"), strokeWidth: 3, strokeCap: "round" },
            encoding: { y, x: x("low"), x2: { field: "high" }, tooltip },
          }] : []),
          {
            data: { values: points },
            mark: { type: "point", shape: "circle", size: 90, opacity: 1, stroke: paint("accent"), fill: paint("accent") },
            encoding: { y, x: x("rate"), tooltip },
          },
        ],
      });
    } else $("effect-chart").replaceChildren();
    fill($("effect-table"), $("effect-caption").textContent, [
      { label: "First attempt", head: true, cell: (row) => row.name },
      { label: "Hand-offs", n: true, cell: (row) => count(row.n) },
      { label: label[0].toUpperCase() + label.slice(1), n: true, cell: (row) => count(row.part) },
      { label: "of hand-offs", n: true, cell: (row) => percent(row.rate) },
      { label: points[0]?.confidence ? `Interval (${percent(points[0].confidence)})` : "Interval", n: true, cell: interval },
    ], points);
  };

  const drawVelocity = () => {
    const both = state.source && state.segment;
    const [dimension, slice] = both || !(state.source || state.segment)
      ? ["all", null]
      : state.source ? ["source", state.source] : ["segment", state.segment];
    const rows = data.velocity.filter((row) => row.dimension === dimension && (slice === null || row.slice === slice));
    const days = (value) => (value === null ? "–" : value.toFixed(1));
    const most = Math.max(1, ...rows.map((row) => row.p90_days ?? 0));
    const stage = (name) => STAGES[name] ?? words(name);
    fill($("velocity-table"), slice === null ? "Days between stages, all sources and segments" : `Days between stages, ${dimension} ${words(slice)}`, [
      { label: "From", head: true, cell: (row) => stage(row.from_stage) },
      { label: "to", cell: (row) => stage(row.to_stage) },
      { label: "", kind: "bar", cell: (row) => track(
        [(row.median_days ?? 0) / most, "met", `median ${days(row.median_days)}`],
        [((row.p90_days ?? 0) - (row.median_days ?? 0)) / most, "", `nine of ten ${days(row.p90_days)}`]) },
      { label: [element("span", { class: "key met", "aria-hidden": "true" }), "Half within"], n: true, cell: (row) => days(row.median_days) },
      { label: "3 of 4 within", n: true, cell: (row) => days(row.p75_days) },
      { label: [element("span", { class: "key bar", "aria-hidden": "true" }), "9 of 10 within"], n: true, cell: (row) => days(row.p90_days) },
      { label: "Trips timed", n: true, cell: (row) => count(row.n_observed) },
      { label: "still on the way", n: true, cell: (row) => count(row.n_censored) },
      { label: "ended without", n: true, cell: (row) => count(row.n_stopped) },
    ], rows);
    $("velocity-note").textContent = `Of the whole time up to the build’s clock: the period does not act here.${
      both ? " Source and segment are not crossed: choose one of the two." : ""}`;
  };

  const drawParity = () => {
    const fields = ["mqls", "qualified", "refused", "pending", "undecided"];
    const quarter = (month) => `${month.slice(0, 4)} Q${(Number(month.slice(5)) + 2) / 3}`;
    const rows = data.parity.filter((row) => !state.source || row.source === state.source);
    const list = [...grouped(rows, (row) => row.month)].sort().map(([month, of]) => ({
      quarter: quarter(month), target: of[0].target,
      ...Object.fromEntries(fields.map((field) => [field, sum(of, field)])),
    }));
    for (const row of list) {
      row.rate = share(row.mqls, row.qualified);
      row.told = row.rate === null ? `${count(row.mqls)} and no SQL` : `${row.rate.toFixed(2)}: ${count(row.mqls)} for ${count(row.qualified)}`;
    }
    const known = list.filter((row) => row.rate !== null);
    const none = list.length - known.length;
    $("parity-caption").textContent = list.length
      ? `MQLs for one SQL, by quarter of the MQL, ${state.source ? `source ${words(state.source)}` : "all sources"}; the line at ${count(list[0].target)} is the target.`
        + (none ? ` Quarters without any SQL have no point: ${count(none)}.` : "")
      : "No MQL in this choice.";
    const x = { field: "quarter", type: "ordinal", sort: list.map((row) => row.quarter), title: null, axis: { labelAngle: 0, grid: false, labelOverlap: true } };
    const y = { field: "rate", type: "quantitative", title: null, scale: { zero: true }, axis: { tickCount: 5, domain: false } };
    const tooltip = [{ field: "quarter", title: "Quarter" }, { field: "told", title: "MQLs per SQL" }];
    const dots = (values, fill) => ({
      data: { values }, mark: { type: "point", shape: "circle", size: 70, opacity: 1, strokeWidth: 2, stroke: paint("accent"), fill: paint(fill) },
      encoding: { x, y, tooltip },
    });
    if (known.length) {
      draw("parity-chart", {
        height: 180,
        layer: [
          { data: { values: known }, mark: { type: "line", color: paint("accent"), strokeWidth: 2 }, encoding: { x, y } },
          { data: { values: [{ rate: list[0].target }] }, mark: { type: "rule", color: paint("second"), strokeWidth: 2 }, encoding: { y } },
          dots(known.filter((row) => !row.pending), "accent"), dots(known.filter((row) => row.pending), "card"),
        ].filter((layer) => layer.data.values.length),
      });
    } else $("parity-chart").replaceChildren();
    fill($("parity-table"), "MQLs and what sales have decided of them by now", [
      { label: "Quarter", head: true, cell: (row) => row.quarter },
      { label: "MQLs", n: true, cell: (row) => count(row.mqls) },
      { label: "Qualified (SQL)", n: true, cell: (row) => count(row.qualified) },
      { label: "MQLs for one SQL", n: true, cell: (row) => (row.rate === null ? "–" : row.rate.toFixed(2)) },
      { label: "Given back", n: true, cell: (row) => count(row.refused) },
      { label: "Waiting", n: true, cell: (row) => count(row.pending) },
      { label: "Ended undecided", n: true, cell: (row) => count(row.undecided) },
    ], list);
    $("parity-note").textContent = `All quarters stand here, whatever the period chosen.${state.segment ? " Segments are added up." : ""}`;
  };

  const drawAttribution = () => {
    const rows = kept(data.attribution, { segment: false });
    const models = Object.keys(MODELS).filter((model) => data.attribution.some((row) => row.model === model));
    const list = [...grouped(rows, (row) => row.source)].map(([source, of]) => ({
      source,
      ...Object.fromEntries(models.map((model) => [model, sum(of.filter((row) => row.model === model), "won_cents")])),
      deals: sum(of.filter((row) => row.model === state.model), "won_millionths") / 1e6,
      open: sum(of.filter((row) => row.model === state.model), "open_cents"),
    }));
    list.sort((a, b) => b[state.model] - a[state.model] || (a.source < b.source ? -1 : 1));
    const whole = sum(list, state.model);
    $("attribution-caption").textContent = list.length
      ? `Won amount credited to each source, ${currency}: ${MODELS[state.model]} as the full dot, the other models as hollow ones; ${money(whole)} in all.`
      : "No deal closed in this choice.";
    const dots = list.flatMap((row) => models.map((model) => ({
      source: words(row.source), model: MODELS[model], chosen: model === state.model,
      amount: row[model] / 100, told: `${money(row[model])} ${currency}`,
    })));
    const order = list.map((row) => words(row.source));
    const y = { field: "source", type: "nominal", sort: order, title: null, axis: { domain: false, ticks: false, grid: true, labelLimit: 160 } };
    const x = { field: "amount", type: "quantitative", title: null, axis: { format: "~s", tickCount: 5, domain: false, grid: false } };
    const tooltip = [{ field: "source", title: "Source" }, { field: "model", title: "Model" }, { field: "told", title: "Credited" }];
    const point = (values, look) => ({ data: { values }, mark: { type: "point", shape: "circle", opacity: 1, ...look }, encoding: { x, y, tooltip } });
    if (dots.length) {
      draw("attribution-chart", {
        height: 28 * list.length,
        layer: [
          point(dots.filter((dot) => !dot.chosen), { size: 55, strokeWidth: 1.5, stroke: paint("bar"), fill: paint("card") }),
          point(dots.filter((dot) => dot.chosen), { size: 95, stroke: paint("accent"), fill: paint("accent") }),
        ].filter((layer) => layer.data.values.length),
      });
    } else $("attribution-chart").replaceChildren();
    const added = Object.fromEntries([...models, "deals", "open"].map((name) => [name, sum(list, name)]));
    fill($("attribution-table"), `Won amounts credited, ${currency}`, [
      { label: "Source", head: true, sort: (row) => row.source, cell: (row) => words(row.source) },
      ...models.map((model) => ({ label: MODELS[model], n: true, sort: (row) => row[model], cell: (row) => money(row[model]) })),
      { label: `Deals won (${MODELS[state.model]})`, n: true, sort: (row) => row.deals, cell: (row) => row.deals.toFixed(2) },
      { label: `Open amount (${MODELS[state.model]})`, n: true, sort: (row) => row.open, cell: (row) => money(row.open) },
    ], list, list.length > 1 ? { source: "all", ...added } : null);
    $("attribution-note").textContent = state.segment ? "Deals have no segment: all are counted here." : "";
  };

  // --- filters -------------------------------------------------------------------------------

  const has = (id) => Boolean($(id));
  const announce = (text) => { $("told").textContent = text; };
  const drawAll = () => {
    let counted = "";
    if (has("funnel")) {
      const n = drawHeadlines();
      drawFunnel();
      drawCohorts();
      counted = `${count(n.mql)} MQLs, ${count(n.sales_qualified)} of them qualified by sales, ${count(n.won)} won: `;
    }
    if (has("velocity")) drawVelocity();
    if (has("sources")) drawSources();
    if (has("parity")) drawParity();
    if (has("attribution")) drawAttribution();
    if (has("speed")) drawSpeed();
    if (has("calls-table")) limit($("calls-table"));
    if (months.length) {
      announce(`${counted}${monthName(state.from)} to ${monthName(state.to)}, `
        + `${state.source ? `source ${words(state.source)}` : "all sources"}, `
        + `${state.segment ? `segment ${SEGMENTS[state.segment] ?? words(state.segment)}` : "all segments"}.`);
    }
  };
  const options = (id, pairs) => $(id).replaceChildren(
    ...pairs.map(([value, label]) => element("option", { value }, label)));
  const setUpFilters = () => {
    const pairs = months.map((month) => [month, monthName(month)]);
    options("from", pairs);
    options("to", pairs);
    options("source", [["", "all"], ...distinct("source").map((source) => [source, words(source)])]);
    options("segment", [["", "all"], ...distinct("segment").map((segment) => [segment, SEGMENTS[segment] ?? words(segment)])]);
    const show = () => { for (const id of ["from", "to", "source", "segment"]) $(id).value = state[id]; };
    show();
    for (const id of ["from", "to", "source", "segment"]) {
      $(id).addEventListener("change", () => {
        state[id] = $(id).value;
        // A period that ends before it begins is the one month that was chosen last.
        if (state.from > state.to) state[id === "from" ? "to" : "from"] = state[id];
        show();
        drawAll();
      });
    }
    $("filters").addEventListener("reset", (event) => {
      event.preventDefault();
      Object.assign(state, { from: months[0], to: months.at(-1), source: "", segment: "" });
      show();
      drawAll();
    });
    $("filters").addEventListener("submit", (event) => event.preventDefault());
    $("filters").hidden = false;
  };
  const onRadio = (name, redraw) => document.querySelectorAll(`input[name=${name}]`).forEach((input) =>
    input.addEventListener("change", () => { state[name] = input.value; redraw(); }));

  if (months.length) setUpFilters();
  const onSelect = (id, field, redraw) => {
    $(id).value = state[field];
    $(id).addEventListener("change", () => { state[field] = $(id).value; redraw(); });
  };
  if (has("funnel")) {
    options("cohort-stage", Object.entries(STAGES).slice(2));
    onSelect("cohort-follow", "cohortFollow", drawCohorts);
    onSelect("cohort-stage", "cohortStage", drawCohorts);
    onSelect("cohort-days", "cohortDays", drawCohorts);
  }
  if (has("attribution")) {
    options("model", Object.entries(MODELS));
    onSelect("model", "model", drawAttribution);
  }
  if (has("speed")) {
    options("effect-version", [...new Set(data.effect.map((row) => row.version))].map((version) => [version, version]));
    onSelect("effect-version", "effectVersion", drawEffect);
    onSelect("effect-measure", "effectMeasure", drawEffect);
  }
  onRadio("follow", drawFunnel);
  onRadio("basis", drawSources);
  // A browser may remember a choice over a reload; the page begins with its own.
  document.querySelectorAll(".choice input").forEach((input) => { input.checked = input.defaultChecked; });
  if (has("calls-table")) {
    makeSortable($("calls-table"));
    const button = document.querySelector("[data-more]");
    button.addEventListener("click", () => {
      button.setAttribute("aria-expanded", String(button.getAttribute("aria-expanded") !== "true"));
      limit($("calls-table"));
    });
  }
  drawAll();
})();
