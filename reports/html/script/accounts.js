// Accounts: the lines of the map that the page itself has no room for, and a page for each account.

const MORE_ACCOUNTS = 50;
const MOST_OF_ACCOUNT = 500;

function heatMap() {
  const button = byId("heat-more");
  const checks = [...byId("heat").querySelectorAll("thead th a")].map((one) => data.checks.indexOf(one.textContent.trim()));
  const total = data.rest.length;
  let done = 0;
  button.hidden = false;
  button.addEventListener("click", () => {
    const accounts = data.rest.slice(done, done + MORE_ACCOUNTS);
    const counts = new Map(accounts.map((account) => [account, new Map()]));
    for (let i = 0; i < data.count; i++) {
      const perCheck = counts.get(data.account[i]);
      if (perCheck) count(perCheck, i);
    }
    byId("heat").tBodies[0].append(...accounts.map((account) => line(account, counts.get(account))));
    done += accounts.length;
    button.hidden = done >= total;
    byId("heat-more-note").textContent = `${number(total - done)} accounts are not shown.`;
  });

  function line(account, perCheck) {
    const [id, name] = data.accounts[account];
    const made = element("tr");
    const head = element("th", "", { scope: "row" });
    const anchor = link(name ? `${name} ` : "", fragment("account", { id }));
    anchor.append(element("code", id));
    head.append(anchor);
    made.append(head, ...checks.map((check) => square(id, check, perCheck.get(check))));
    return made;
  }

  function square(account, check, counts) {
    const made = element("td", counts ? "" : "·");
    if (!counts) {
      made.append(element("i", "no verdict"));
      return made;
    }
    const worst = counts.findIndex(Boolean);
    const [mark, symbol, word] = data.looks[worst];
    made.className = mark;
    const anchor = link(symbol, fragment("findings", { account, check: data.checks[check] }));
    anchor.append(element("i", counts[worst] === 1 ? word : `${counts[worst]} ${word}`));
    made.append(anchor);
    return made;
  }
}

// Adds finding `i` to the counts of each mark by check.
function count(perCheck, i) {
  if (!perCheck.has(data.check[i])) perCheck.set(data.check[i], data.looks.map(() => 0));
  perCheck.get(data.check[i])[data.mark[i]]++;
}

function accountPicker() {
  const select = byId("account-pick");
  const order = data.scope.map((_, i) => i).sort((a, b) => compare(named(a), named(b)));
  fill(select, order.map((i) => data.scope[i][0]), order.map(named));
  select.addEventListener("change", () => {
    if (select.value) location.hash = fragment("account", { id: select.value });
  });
  byId("account-picker").hidden = false;

  function named(i) {
    return label(data.scope[i][0], data.scope[i][1]);
  }
}

// The page of one account in place of all other sections: to read, to print, to hand over.
function accountPage(id) {
  const [, name, state, reason, regions, block] = data.scope.find(([one]) => one === id) ?? [id, "", "", "", 0, -1];
  const mine = [];
  const account = data.accounts.findIndex(([one]) => one === id);
  for (let i = 0; i < data.count; i++) if (data.account[i] === account) mine.push(i);
  const totals = data.looks.map((_, look) => mine.filter((i) => data.mark[i] === look).length);
  const section = element("section", "", { id: "account", "aria-labelledby": "account-title" });
  const title = element("h2", label(id, name), { id: "account-title", tabindex: "-1" });
  const back = element("p");
  back.className = "back";
  back.append(link("← The whole report", "#accounts"));
  const facts = element("dl", "", { class: "facts" });
  fact("State", state ? `${state}: ${data.states[state]}${reason ? ` Reason: ${reason}` : ""}` : "This report has no such account.");
  if (data.regionLists[regions]?.length) fact("Regions", data.regionLists[regions].join(", "));
  fact("Verdicts", mine.length ? counted(totals) : "None. Nothing assessed is not a pass.");
  if (mine.length) fact("Score", score());
  section.append(back, title, facts);
  recorded(block);
  if (mine.length) {
    const all = element("p");
    all.append(link("All its findings", fragment("findings", { account: id })));
    section.append(element("h3", "Failed, unknown and waived"), ...problems(), all, element("h3", "Checks"), checks());
  }
  return section;

  function fact(term, text) {
    const pair = element("div");
    pair.append(element("dt", term), element("dd", text));
    facts.append(pair);
  }

  function counted(counts) {
    return data.looks.map(([, , word], look) => [counts[look], word]).filter(([some]) => some).map(([some, word]) => `${number(some)} ${word}`).join(", ");
  }

  // As on the first page: rounded down, so that only everything reads 100 %.
  function score() {
    const of = (key) => totals[keys.indexOf(key)];
    const assessed = of("pass") + of("fail") + of("unknown");
    if (!(of("pass") + of("fail"))) return "none: no verdict that counts was reached";
    return `${Math.floor((of("pass") * 1000) / assessed) / 10} % of ${number(assessed)} verdicts passed`;
  }

  function problems() {
    const open = mine.filter((i) => ["fail", "unknown", "waived"].includes(keys[data.mark[i]]));
    if (!open.length) return [element("p", "None.")];
    const table = list("findings", ["Status", "Severity", "Check", "Account", "Region", "Resource", "What was found"], "Failed, unknown and waived");
    table.tBodies[0].append(...open.slice(0, MOST_OF_ACCOUNT).map(row));
    if (open.length <= MOST_OF_ACCOUNT) return [table];
    return [table, element("p", `The first ${number(MOST_OF_ACCOUNT)} of ${number(open.length)}, the worst first.`)];
  }

  function checks() {
    const perCheck = new Map();
    for (const i of mine) count(perCheck, i);
    const worst = (check) => perCheck.get(check).findIndex(Boolean);
    const table = list("list compared", ["Worst verdict", "Check", "Verdicts"], "Checks");
    for (const check of [...perCheck.keys()].sort((a, b) => worst(a) - worst(b) || a - b)) {
      const line = element("tr");
      const its = fragment("findings", { account: id, check: data.checks[check] });
      line.append(cell(status(worst(check))), cell(link(data.checks[check], checkLink(data.checks[check]))), cell(link(counted(perCheck.get(check)), its)));
      table.tBodies[0].append(line);
    }
    return table;
  }

  function list(names, headings, caption) {
    const table = element("table", "", { class: names });
    const line = element("tr");
    line.append(...headings.map((heading) => element("th", heading, { scope: "col" })));
    table.append(element("caption", caption, { class: "hidden" }));
    table.createTHead().append(line);
    table.createTBody();
    return table;
  }

  // The same table as in the map, where accounts that are alike share one.
  function recorded(number) {
    const shared = byId(`coverage-${number}`);
    if (!shared) return;
    section.append(element("h3", "What is recorded"));
    for (const part of shared.querySelectorAll(":scope > .scroll, :scope > .notes")) section.append(part.cloneNode(true));
  }
}
