"use strict";
(() => {
  const PAGE = 200;
  const PRINTED = 2000;
  const MORE_ACCOUNTS = 50;
  const byId = (id) => document.getElementById(id);
  const data = unpack(JSON.parse(byId("data").textContent));

  openTarget();
  addEventListener("hashchange", openTarget);
  if (byId("table")) findings();
  if (byId("heat-more")) heatMap();
  printing();

  // Three indexes make a finding: kind (check, mark, severity), place (account, region, resource), words
  // (message, note). Columns are made once; everything later compares numbers.
  function unpack(raw) {
    const count = raw.findings.length / 3;
    const column = () => new Uint32Array(count);
    const out = { ...raw, count, check: column(), mark: column(), severity: column(), account: column(),
      region: column(), resource: column(), message: column() };
    for (let i = 0; i < count; i++) {
      const kind = raw.findings[3 * i] * 3;
      const place = raw.findings[3 * i + 1] * 3;
      out.check[i] = raw.kinds[kind];
      out.mark[i] = raw.kinds[kind + 1];
      out.severity[i] = raw.kinds[kind + 2];
      out.account[i] = raw.places[place];
      out.region[i] = raw.places[place + 1];
      out.resource[i] = raw.places[place + 2];
      out.message[i] = raw.findings[3 * i + 2];
    }
    return out;
  }

  function element(name, text, attributes) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    for (const [key, value] of Object.entries(attributes ?? {})) made.setAttribute(key, value);
    return made;
  }

  function fragment(filters) {
    return "#findings?" + new URLSearchParams(filters).toString().replaceAll("+", "%20");
  }

  function checkLink(check) {
    return "#check-" + encodeURIComponent(check);
  }

  // A link to a check opens its prose, which is closed until then.
  function openTarget() {
    let target = null;
    try {
      target = byId(decodeURIComponent(location.hash.slice(1)));
    } catch {
      return; // not an encoded fragment
    }
    if (target instanceof HTMLDetailsElement) {
      target.open = true;
      target.scrollIntoView();
    }
  }

  function findings() {
    const keys = data.looks.map(([, , , key]) => key);
    const ranks = {
      check: rank(data.checks), account: rank(data.accounts.map(([id]) => id)), region: rank(data.regions),
      resource: rank(data.resources), message: rank(data.words.filter((_, i) => i % 2 === 0)),
    };
    const lower = {
      checks: data.checks.map((text) => text.toLowerCase()),
      accounts: data.accounts.map((pair) => pair.join(" ").toLowerCase()),
      regions: data.regions.map((text) => text.toLowerCase()),
      resources: data.resources.map((text) => text.toLowerCase()),
      words: Array.from({ length: data.words.length / 2 }, (_, i) => `${data.words[2 * i]} ${data.words[2 * i + 1]}`.toLowerCase()),
    };
    let state = {};
    let shown = [];
    let page = 0;
    let timer = 0;

    fill(byId("f-severity"), data.severities);
    fill(byId("f-account"), data.accounts.map(([id]) => id), data.accounts.map(([id, name]) => (name ? `${name} (${id})` : id)));
    fill(byId("f-check"), data.checks);
    fill(byId("f-region"), data.regions.filter(Boolean));
    data.looks.forEach(([, , word], i) => {
      const label = element("label");
      label.append(element("input", "", { type: "checkbox", value: keys[i] }), word);
      byId("f-status").append(label);
    });
    for (const head of byId("table").querySelectorAll("th[data-sort]")) {
      const button = element("button", head.textContent, { type: "button" });
      button.addEventListener("click", () => {
        const key = head.dataset.sort;
        go({ ...state, sort: state.sort === key ? `-${key}` : state.sort === `-${key}` ? "" : key });
      });
      head.replaceChildren(button);
    }
    byId("f-q").addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => go({ ...state, q: byId("f-q").value }), 150);
    });
    for (const name of ["severity", "account", "check", "region"]) {
      byId(`f-${name}`).addEventListener("change", (event) => go({ ...state, [name]: event.target.value }));
    }
    byId("f-status").addEventListener("change", () => {
      const ticked = [...byId("f-status").querySelectorAll("input:checked")].map((box) => box.value);
      go({ ...state, status: ticked.join(",") });
    });
    byId("clear").addEventListener("click", () => go({}));
    byId("copy").addEventListener("click", copy);
    byId("previous").addEventListener("click", () => turn(-1));
    byId("next").addEventListener("click", () => turn(1));
    addEventListener("hashchange", follow);
    byId("controls").hidden = false;
    state = read() ?? {};
    apply();
    if (read()) byId("findings").scrollIntoView();

    function fill(select, values, labels) {
      const order = values.map((_, i) => i);
      if (select.id !== "f-severity") order.sort((a, b) => compare((labels ?? values)[a], (labels ?? values)[b]));
      for (const i of order) select.append(element("option", labels ? labels[i] : values[i], { value: values[i] }));
    }

    // The state of filters and order, as the fragment of the address holds it; null for another fragment.
    function read() {
      const [name, query] = location.hash.split("?", 2);
      if (name !== "#findings" || query === undefined) return null;
      return Object.fromEntries(new URLSearchParams(query.replaceAll("+", "%2B")));
    }

    function go(next) {
      state = next;
      const set = Object.fromEntries(Object.entries(state).filter(([, value]) => value));
      history.replaceState(null, "", fragment(set));
      apply();
    }

    function follow() {
      const next = read();
      if (!next) return;
      state = next;
      apply();
      byId("findings").scrollIntoView();
    }

    function apply() {
      byId("f-q").value = state.q ?? "";
      for (const name of ["severity", "account", "check", "region"]) byId(`f-${name}`).value = state[name] ?? "";
      const statuses = (state.status ?? "").split(",").filter(Boolean);
      for (const box of byId("f-status").querySelectorAll("input")) box.checked = statuses.includes(box.value);
      for (const head of byId("table").querySelectorAll("th[data-sort]")) {
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
      const hit = q && { check: has(lower.checks), account: has(lower.accounts), region: has(lower.regions), resource: has(lower.resources), message: has(lower.words) };
      const marks = keys.map((key) => !statuses.length || statuses.includes(key));
      const one = (list, value) => (value ? list.indexOf(value) : -2);
      const severity = one(data.severities, state.severity);
      const account = one(data.accounts.map(([id]) => id), state.account);
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
      const of = shown.length === data.count ? "" : ` of ${data.count.toLocaleString("en")} in all`;
      const span = rows.length < shown.length ? `${(from + 1).toLocaleString("en")} to ${(from + rows.length).toLocaleString("en")} of ` : "";
      byId("shown").textContent = shown.length
        ? `Showing ${span}${shown.length.toLocaleString("en")} ${shown.length === 1 ? "finding" : "findings"}${of}.`
        : `No finding matches${of.replace(" of", ", out of")}.`;
      const pages = Math.ceil(shown.length / PAGE);
      byId("pager").hidden = pages < 2;
      byId("page").textContent = `Page ${page + 1} of ${pages}`;
      byId("previous").disabled = page === 0;
      byId("next").disabled = page >= pages - 1;
    }

    function row(i) {
      const line = element("tr");
      const [mark, symbol, word] = data.looks[data.mark[i]];
      const status = element("span", "", { class: `status ${mark}` });
      status.append(element("b", symbol, { "aria-hidden": "true" }), ` ${word}`);
      const severity = data.severities[data.severity[i]];
      const check = data.checks[data.check[i]];
      const [account, name] = data.accounts[data.account[i]];
      const [message, note] = [data.words[2 * data.message[i]], data.words[2 * data.message[i] + 1]];
      line.append(
        cell(status), cell(element("span", severity, { class: `severity ${severity}` })),
        cell(element("a", check, { href: checkLink(check) })),
        cell(account, name), cell(data.regions[data.region[i]]),
        cell(data.resources[data.resource[i]]), cell(message, note),
      );
      return line;
    }

    function cell(content, small) {
      const made = element("td");
      made.append(content);
      if (small) made.append(element("small", small));
      return made;
    }

    async function copy() {
      const text = csv();
      const button = byId("copy");
      try {
        await navigator.clipboard.writeText(text);
        byId("manual").hidden = true;
        button.textContent = `Copied ${shown.length.toLocaleString("en")}`;
        setTimeout(() => (button.textContent = "Copy as CSV"), 3000);
      } catch {
        byId("csv").value = text;
        byId("manual").hidden = false;
        byId("csv").select();
      }
    }

    function csv() {
      const lines = [["status", "severity", "check", "account", "account_name", "region", "resource", "message", "note"]];
      for (const i of shown) {
        lines.push([keys[data.mark[i]], data.severities[data.severity[i]], data.checks[data.check[i]], ...data.accounts[data.account[i]],
          data.regions[data.region[i]], data.resources[data.resource[i]], data.words[2 * data.message[i]], data.words[2 * data.message[i] + 1]]);
      }
      return lines.map((line) => line.map(field).join(",")).join("\r\n") + "\r\n";
    }

    // A cell that begins like a formula gets an apostrophe, so that no spreadsheet runs it.
    function field(text) {
      const safe = /^\s*[=+\-@\t\r|%]/.test(text) ? `'${text}` : text;
      return `"${safe.replaceAll('"', '""')}"`;
    }

    addEventListener("beforeprint", () => draw(0, PRINTED));
    addEventListener("afterprint", () => draw());
  }

  function compare(a, b) {
    return a < b ? -1 : a > b ? 1 : 0;
  }

  // The place of each text in the order of all of them.
  function rank(texts) {
    const order = texts.map((_, i) => i).sort((a, b) => compare(texts[a], texts[b]));
    const ranks = new Uint32Array(texts.length);
    order.forEach((index, place) => (ranks[index] = place));
    return ranks;
  }

  // The accounts that the page itself has no line for, as many at a time as can be read.
  function heatMap() {
    const button = byId("heat-more");
    const checks = [...byId("heat").querySelectorAll("thead th a")].map((link) => data.checks.indexOf(link.textContent.trim()));
    const total = data.rest.length;
    let done = 0;
    button.hidden = false;
    button.addEventListener("click", () => {
      const accounts = data.rest.slice(done, done + MORE_ACCOUNTS);
      const counts = new Map(accounts.map((account) => [account, new Map()]));
      for (let i = 0; i < data.count; i++) {
        const perCheck = counts.get(data.account[i]);
        if (!perCheck) continue;
        if (!perCheck.has(data.check[i])) perCheck.set(data.check[i], data.looks.map(() => 0));
        perCheck.get(data.check[i])[data.mark[i]]++;
      }
      byId("heat").tBodies[0].append(...accounts.map((account) => line(account, counts.get(account))));
      done += accounts.length;
      button.hidden = done >= total;
      byId("heat-more-note").textContent = `${(total - done).toLocaleString("en")} accounts are not shown.`;
    });

    function line(account, perCheck) {
      const [id, name] = data.accounts[account];
      const made = element("tr");
      const head = element("th", "", { scope: "row" });
      const link = element("a", name ? `${name} ` : "", { href: fragment({ account: id }) });
      link.append(element("code", id));
      head.append(link);
      made.append(head, ...checks.map((check) => cell(id, check, perCheck.get(check))));
      return made;
    }

    function cell(account, check, counts) {
      const made = element("td", counts ? "" : "·");
      if (!counts) {
        made.append(element("i", "no verdict"));
        return made;
      }
      const worst = counts.findIndex(Boolean);
      const [mark, symbol, word] = data.looks[worst];
      made.className = mark;
      const link = element("a", symbol, { href: fragment({ account, check: data.checks[check] }) });
      link.append(element("i", counts[worst] === 1 ? word : `${counts[worst]} ${word}`));
      made.append(link);
      return made;
    }
  }

  // Paper has no disclosure triangles: everything is open while printing.
  function printing() {
    let closed = [];
    addEventListener("beforeprint", () => {
      closed = [...document.querySelectorAll("details:not([open])")];
      for (const one of closed) one.open = true;
    });
    addEventListener("afterprint", () => {
      for (const one of closed) one.open = false;
    });
  }
})();
