// What stands in a row of findings, wherever the row stands.

function row(i) {
  const line = element("tr");
  const severity = data.severities[data.severity[i]];
  const check = data.checks[data.check[i]];
  const [account, name] = data.accounts[data.account[i]];
  const [message, note] = [data.words[2 * data.message[i]], data.words[2 * data.message[i] + 1]];
  line.append(
    cell(status(data.mark[i])), cell(element("span", severity, { class: `severity ${severity}` })),
    cell(link(check, checkLink(check))),
    cell(link(account, fragment("account", { id: account })), name), cell(data.regions[data.region[i]]),
    cell(data.resources[data.resource[i]]), withCalls(cell(message, note), data.grounds[data.ground[i]]),
  );
  return line;
}

function status(look) {
  const [mark, symbol, word] = data.looks[look];
  const made = element("span", "", { class: `status ${mark}` });
  made.append(element("b", symbol, { "aria-hidden": "true" }), ` ${word}`);
  return made;
}

function cell(content, small) {
  const made = element("td");
  made.append(content);
  if (small) made.append(element("small", small));
  return made;
}

// Folded below what was found: the calls that it rests on, made when somebody looks.
function withCalls(made, ground) {
  if (!ground || !ground[0]) return made;
  const [total, ...known] = ground;
  const fold = element("details", "", { class: "notes" });
  fold.append(element("summary", `Rests on ${number(total)} ${total === 1 ? "call" : "calls"} to AWS`));
  fold.addEventListener("toggle", () => {
    const list = element("ul");
    list.append(...known.map((one) => call(...data.calls[one])));
    fold.append(list);
    if (known.length < total) fold.append(element("p", `${number(total - known.length)} more in the JSON report.`));
  }, { once: true });
  made.append(fold);
  return made;
}

function call(what, who, facts) {
  const made = element("li", what);
  made.append(element("small", who), element("code", facts));
  return made;
}

function checkLink(check) {
  return "#check-" + encodeURIComponent(check);
}

function csv(rows) {
  const lines = [["status", "severity", "check", "account", "account_name", "region", "resource", "message", "note"]];
  for (const i of rows) {
    lines.push([keys[data.mark[i]], data.severities[data.severity[i]], data.checks[data.check[i]], ...data.accounts[data.account[i]],
      data.regions[data.region[i]], data.resources[data.resource[i]], data.words[2 * data.message[i]], data.words[2 * data.message[i] + 1]]);
  }
  return lines.map((line) => line.map(field).join(",")).join("\r\n") + "\r\n";
}

// A cell that begins like a formula gets an apostrophe, so that no spreadsheet runs it. Excel takes wide
// signs for narrow ones.
function field(text) {
  const safe = /^\s*[=+\-@\t\r|%＝＋－＠]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
