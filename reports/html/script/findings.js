// The findings: search, filters and order, all of them in the address; pages; a copy as CSV.

const PAGE = 200;
const PRINTED = 2000;
const FILTERS = ["severity", "account", "check", "region"];

function findings() {
  const ids = data.accounts.map(([id]) => id);
  const ranks = {
    check: rank(data.checks), account: rank(ids), region: rank(data.regions), resource: rank(data.resources),
    message: rank(data.words.filter((_, i) => i % 2 === 0)),
  };
  const lower = (texts) => texts.map((text) => text.toLowerCase());
  const searched = {
    check: lower(data.checks), account: lower(data.accounts.map((pair) => pair.join(" "))),
    region: lower(data.regions), resource: lower(data.resources),
    message: lower(Array.from({ length: data.words.length / 2 }, (_, i) => `${data.words[2 * i]} ${data.words[2 * i + 1]}`)),
  };
  let state = {};
  let shown = [];
  let page = 0;
  let timer = 0;

  fill(byId("f-severity"), data.severities);
  fillSorted(byId("f-account"), ids, data.accounts.map(([id, name]) => label(id, name)));
  fillSorted(byId("f-check"), data.checks);
  fillSorted(byId("f-region"), data.regions.filter(Boolean));
  data.looks.forEach(([, , word], i) => {
    const made = element("label");
    made.append(element("input", "", { type: "checkbox", value: keys[i] }), word);
    byId("f-status").append(made);
  });
  for (const head of heads()) {
    const button = element("button", head.textContent, { type: "button" });
    button.addEventListener("click", () => {
      const key = head.dataset.sort;
      go({ ...typed(), sort: state.sort === key ? `-${key}` : state.sort === `-${key}` ? "" : key });
    });
    head.replaceChildren(button);
  }
  byId("f-q").addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => go(typed()), 150);
  });
  for (const name of FILTERS) {
    byId(`f-${name}`).addEventListener("change", (event) => go({ ...typed(), [name]: event.target.value }));
  }
  byId("f-status").addEventListener("change", () => {
    const ticked = [...byId("f-status").querySelectorAll("input:checked")].map((box) => box.value);
    go({ ...typed(), status: ticked.join(",") });
  });
  byId("clear").addEventListener("click", () => go({}));
  byId("copy").addEventListener("click", copyShown);
  byId("previous").addEventListener("click", () => turn(-1));
  byId("next").addEventListener("click", () => turn(1));
  addEventListener("beforeprint", () => draw(0, PRINTED));
  addEventListener("afterprint", () => draw());
  byId("controls").hidden = false;
  apply();
  return { show };

  // The search may wait for its next letter while another filter is chosen.
  function typed() {
    return { ...state, q: byId("f-q").value };
  }

  function heads() {
    return byId("table").querySelectorAll("th[data-sort]");
  }

  function fillSorted(select, values, labels = values) {
    const order = values.map((_, i) => i).sort((a, b) => compare(labels[a], labels[b]));
    fill(select, order.map((i) => values[i]), order.map((i) => labels[i]));
  }

  function show(next) {
    state = next;
    apply();
    byId("findings").scrollIntoView();
  }

  function go(next) {
    state = next;
    const set = Object.fromEntries(Object.entries(state).filter(([, value]) => value));
    history.replaceState(null, "", fragment("findings", set));
    apply();
  }

  function apply() {
    byId("f-q").value = state.q ?? "";
    for (const name of FILTERS) byId(`f-${name}`).value = state[name] ?? "";
    const statuses = (state.status ?? "").split(",").filter(Boolean);
    for (const box of byId("f-status").querySelectorAll("input")) box.checked = statuses.includes(box.value);
    for (const head of heads()) {
      const key = head.dataset.sort;
      const order = state.sort === key ? "ascending" : state.sort === `-${key}` ? "descending" : "none";
      head.setAttribute("aria-sort", order);
      head.firstChild.textContent = head.firstChild.textContent.replace(/ [▲▼]$/, "") + { ascending: " ▲", descending: " ▼", none: "" }[order];
    }
    shown = sorted(selected(statuses));
    page = 0;
    draw();
  }

  function selected(statuses) {
    const q = (state.q ?? "").trim().toLowerCase();
    const has = (list) => list.map((text) => text.includes(q));
    const hit = q && { check: has(searched.check), account: has(searched.account), region: has(searched.region), resource: has(searched.resource), message: has(searched.message) };
    const marks = keys.map((key) => !statuses.length || statuses.includes(key));
    const one = (list, value) => (value ? list.indexOf(value) : -2);
    const severity = one(data.severities, state.severity);
    const account = one(ids, state.account);
    const check = one(data.checks, state.check);
    const region = one(data.regions, state.region);
    const found = [];
    for (let i = 0; i < data.count; i++) {
      if (!marks[data.mark[i]]) continue;
      if (severity !== -2 && data.severity[i] !== severity) continue;
      if (account !== -2 && data.account[i] !== account) continue;
      if (check !== -2 && data.check[i] !== check) continue;
      if (region !== -2 && data.region[i] !== region) continue;
      if (hit && !(hit.message[data.message[i]] || hit.resource[data.resource[i]] || hit.check[data.check[i]] || hit.account[data.account[i]] || hit.region[data.region[i]])) continue;
      found.push(i);
    }
    return found;
  }

  function sorted(rows) {
    const key = (state.sort ?? "").replace(/^-/, "");
    const column = { status: data.mark, severity: data.severity, check: data.check, account: data.account, region: data.region, resource: data.resource, message: data.message }[key];
    if (!column) return rows;
    const order = ranks[key];
    const value = order ? (i) => order[column[i]] : (i) => column[i];
    const sign = state.sort.startsWith("-") ? -1 : 1;
    return rows.sort((a, b) => sign * (value(a) - value(b)) || a - b);
  }

  function turn(by) {
    page += by;
    draw();
    byId("table").scrollIntoView();
  }

  function draw(from = page * PAGE, most = PAGE) {
    const rows = shown.slice(from, from + most);
    byId("rows").replaceChildren(...rows.map(row));
    const of = shown.length === data.count ? "" : ` of ${number(data.count)} in all`;
    const span = rows.length < shown.length ? `${number(from + 1)} to ${number(from + rows.length)} of ` : "";
    byId("shown").textContent = shown.length
      ? `Showing ${span}${number(shown.length)} ${shown.length === 1 ? "finding" : "findings"}${of}.`
      : `No finding matches${of.replace(" of", ", out of")}.`;
    const pages = Math.ceil(shown.length / PAGE);
    byId("pager").hidden = pages < 2;
    byId("page").textContent = `Page ${page + 1} of ${pages}`;
    byId("previous").disabled = page === 0;
    byId("next").disabled = page >= pages - 1;
  }

  async function copyShown() {
    const text = csv(shown);
    byId("manual").hidden = true;
    if (await copied(text, byId("copy"))) return;
    byId("csv").value = text;
    byId("manual").hidden = false;
    byId("csv").select();
  }
}
