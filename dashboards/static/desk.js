// The keyboard of the desk, ready reasons, bulk picks, and the map. Pages work without it; it never evaluates text.
"use strict";
(() => {
  const one = (selector, root) => (root || document).querySelector(selector);
  const all = (selector, root) => [...(root || document).querySelectorAll(selector)];
  const desk = one("#desk");
  let at = -1;

  // --- where we are ---------------------------------------------------------------------------------------------
  const items = () => all("[data-item]");
  const current = () => items()[onPage() ? Math.max(at, 0) : at] || null;
  const onPage = () => one("[data-page]");

  function go(index) {
    const list = items();
    if (!list.length) return;
    at = Math.min(Math.max(index, 0), list.length - 1);
    list.forEach((item, i) => item.classList.toggle("at", i === at));
    const link = one("h3 a", list[at]);
    if (link) link.focus({ preventScroll: true });
    list[at].scrollIntoView({ block: "nearest" });
  }

  // The order of the list that was left, so that j and k lead on from one story to the next.
  const ORDER = "cotmoc-order", LIST = "cotmoc-list";
  // Where we stood is kept over the page that comes back.
  const PLACE = "cotmoc-place";
  if (one("#list")) {
    sessionStorage.setItem(ORDER, JSON.stringify(items().map((item) => item.dataset.href)));
    const here = new URL(location.href);
    ["batch", "undone", "kept"].forEach((name) => here.searchParams.delete(name));
    sessionStorage.setItem(LIST, here.pathname + here.search);
  }
  function back() {
    const list = sessionStorage.getItem(LIST) || "/alerts";
    if (!onPage() || !/^\/(?!\/)/.test(list)) return;
    sessionStorage.setItem(PLACE, JSON.stringify({ path: list.split("?")[0], at: 0, href: current().dataset.href }));
    location.assign(list);
  }

  function step(by) {
    if (!onPage()) return go(at + by);
    let order = [];
    try { order = JSON.parse(sessionStorage.getItem(ORDER) || "[]"); } catch { order = []; }
    const target = order[order.indexOf(current().dataset.href) + by];
    if (order.includes(current().dataset.href) && typeof target === "string" && target.startsWith("/")) location.assign(target);
  }

  // --- acts -----------------------------------------------------------------------------------------------------
  const ticked = () => all("input[name=pick][form=bulk]:checked").map((box) => box.value);

  function send(url, values) {
    const many = ticked();
    const item = current();
    if (!item && !many.length) return;
    const picks = many.length ? many : [item.dataset.picks];
    const single = !many.length && !onPage();
    const next = onPage() ? item.dataset.href : location.pathname + location.search;
    const body = { ...values, pick: picks.join(" "), next, card: single ? "1" : "" };
    htmx.ajax("POST", url, { source: item || document.body, target: single ? item : "#toasts", swap: single ? "outerHTML" : "innerHTML", values: body });
  }

  document.body.addEventListener("htmx:afterSettle", () => {
    const list = items();
    const changed = one("form.done", list[at]);
    if (changed && !onPage()) go(at + 1); else if (at >= 0 && !onPage()) list[at] && list[at].classList.add("at");
  });
  document.body.addEventListener("htmx:sendError", () => say(one("#desk").dataset.offline || ""));
  function say(text) { const box = one("#toasts"); if (box && text) box.textContent = text; }

  // --- dialogs --------------------------------------------------------------------------------------------------
  const palette = one("#palette"), giving = one("#assign"), help = one("#help");
  let outcome = "";

  function decide(number) {
    const keys = desk.dataset.keys.split("|");
    outcome = keys[number - 1];
    if (!outcome || !palette || !(current() || ticked().length)) return;
    const ready = all(`section[data-outcome="${CSS.escape(outcome)}"] button`, palette);
    if (ready.length === 1) return send("/alerts/decide", { outcome, reason: ready[0].dataset.reason });
    all("section", palette).forEach((part) => { part.hidden = part.dataset.outcome !== outcome; });
    palette.showModal();
    (ready[0] || one("input", palette)).focus();
  }

  if (palette) {
    palette.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-reason]");
      if (!button) return;
      palette.close("ready");
      send("/alerts/decide", { outcome, reason: button.dataset.reason });
    });
    one("#palette-own").addEventListener("submit", (event) => {
      const field = one("input", palette), reason = field.value.trim();
      if (event.submitter && event.submitter.value === "ok" && reason) send("/alerts/decide", { outcome, reason });
      field.value = "";
    });
  }
  if (giving) giving.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-who]");
    if (!button) return;
    giving.close();
    send("/alerts/assign", { assignee: button.dataset.who, due: one("#assign-due").value });
  });

  // On a list the newest post is taken back, on the page of a story that story's own.
  function undo() {
    const next = onPage() ? current().dataset.href : location.pathname + location.search;
    const values = onPage() ? { next, alert: current().dataset.alert || "" } : { next };
    keepPlace();
    htmx.ajax("POST", "/alerts/undo", { source: document.body, target: "#toasts", swap: "innerHTML", values });
  }

  function keepPlace() {
    if (!onPage() && at >= 0) sessionStorage.setItem(PLACE, JSON.stringify({ path: location.pathname, at, href: current().dataset.href }));
  }
  function findPlace() {
    let place = null;
    try { place = JSON.parse(sessionStorage.getItem(PLACE) || "null"); } catch { place = null; }
    sessionStorage.removeItem(PLACE);
    if (!place || place.path !== location.pathname || onPage()) return;
    const found = items().findIndex((item) => item.dataset.href === place.href);
    go(found >= 0 ? found : place.at);
  }
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form.done")) return;
    keepPlace();
    if (event.target.elements.next) return;
    const next = document.createElement("input");
    next.type = "hidden"; next.name = "next"; next.value = location.pathname + location.search;
    event.target.append(next);
  });

  // --- keys -----------------------------------------------------------------------------------------------------
  const typing = (element) => element && (element.isContentEditable || /^(TEXTAREA|SELECT)$/.test(element.tagName) || (element.tagName === "INPUT" && !/^(checkbox|radio|button|submit)$/.test(element.type)));

  const KEYS = {
    j: () => step(1), k: () => step(-1),
    o: () => { const item = current(); if (item && !onPage()) location.assign(item.dataset.href); },
    x: () => { const item = current(), box = item && one("input[name=pick][form=bulk]", item); if (box) { box.checked = !box.checked; count(); } },
    X: () => { const box = one("#pick-all"); if (box) box.click(); },
    a: () => { if (giving && (current() || ticked().length)) { giving.showModal(); one("button[data-who]", giving).focus(); } },
    i: back,
    n: () => { const field = one("#note-text"); if (field) { field.focus(); field.scrollIntoView({ block: "center" }); } else if (current() && desk.dataset.keys) location.assign(`${current().dataset.href}#note-text`); },
    u: () => { if (palette) undo(); },
    "/": () => { const field = one("#q"); if (field) { field.focus(); field.select(); } else location.assign("/search"); },
    "?": () => { if (help) help.showModal(); },
  };

  document.addEventListener("keydown", (event) => {
    // What is being written is sent without leaving the keyboard.
    if (desk && event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("textarea") && event.target.form) { event.preventDefault(); event.target.form.requestSubmit(); return; }
    if (!desk || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const open = one("dialog[open]");
    if (typing(event.target)) { if (event.key === "Escape" && !open) event.target.blur(); return; }
    if (open) {
      if (/^[1-9]$/.test(event.key)) {
        const choices = all("ol button", open).filter((button) => !button.closest("[hidden]"));
        if (choices[event.key - 1]) { event.preventDefault(); choices[event.key - 1].click(); }
      }
      return;
    }
    // On a list nothing is acted on that was not chosen first: the first key only shows where we stand.
    if (/^[1-5aonx]$/.test(event.key) && !onPage() && at < 0 && items().length && !ticked().length) { event.preventDefault(); go(0); return; }
    const act = /^[1-5]$/.test(event.key) ? () => decide(Number(event.key)) : KEYS[event.key];
    if (act && Object.hasOwn(KEYS, event.key) || /^[1-5]$/.test(event.key)) { event.preventDefault(); act(); }
  });
  // After the browser's own jump to the fragment, which would take the focus away again (Chromium 156, 2026-11-21).
  if (location.hash === "#note-text" && one("#note-text")) window.addEventListener("load", () => requestAnimationFrame(() => one("#note-text").focus()));

  // --- forms ----------------------------------------------------------------------------------------------------
  function count() {
    const every = one("#pick-all"), boxes = all("input[name=pick][form=bulk]");
    if (every) { every.checked = boxes.length > 0 && boxes.every((box) => box.checked); every.indeterminate = !every.checked && boxes.some((box) => box.checked); }
    const many = ticked().length, label = one("#bulk-count"), bar = one("#bulk");
    if (!label) return;
    label.dataset.words = label.dataset.words || label.textContent;
    label.textContent = `${label.dataset.words}: ${many}`;
    bar.classList.toggle("on", many > 0);
  }
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (event.target.name === "pick") count();
    if (event.target.id === "pick-all") { all("input[name=pick][form=bulk]").forEach((box) => { box.checked = event.target.checked; }); count(); }
    // Of a span and a day the one chosen last counts.
    if (form && form.id === "filters") {
      const other = { since: "from", from: "since" }[event.target.name];
      if (other) form.elements[other].value = "";
      form.requestSubmit();
    }
    if (event.target.name === "outcome" && form) narrow(form);
  });
  // Only the reasons of the chosen outcome are offered.
  function narrow(form) {
    const chosen = form.elements.outcome, ready = form.elements.ready;
    if (!chosen || !ready) return;
    all("optgroup[data-outcome]", ready).forEach((group) => {
      const off = Boolean(chosen.value) && group.dataset.outcome !== chosen.value;
      group.hidden = off; group.disabled = off;
      if (off && ready.selectedOptions[0] && ready.selectedOptions[0].parentElement === group) ready.value = "";
    });
  }
  // On a phone the filters stay folded until one is set.
  const filters = one(".filterbox");
  if (filters && !filters.dataset.filtered && matchMedia("(max-width: 760px)").matches) filters.open = false;
  all("form").forEach(narrow);
  count();
  all(".allpicks").forEach((line) => { line.hidden = false; });
  findPlace();
  if (one("#list")) document.documentElement.classList.add("keys");

  // --- map ------------------------------------------------------------------------------------------------------
  const box = one("#map");
  if (box) {
    const begin = () => {
      const style = document.createElement("link");
      style.rel = "stylesheet"; style.href = "/static/vendor/leaflet/leaflet.css";
      const script = document.createElement("script");
      script.src = "/static/map.js"; script.defer = true;
      const base = document.createElement("script");
      base.src = "/static/vendor/leaflet/leaflet.js";
      base.addEventListener("load", () => document.head.append(script));
      document.head.append(style, base);
    };
    const watch = new IntersectionObserver((seen) => { if (seen.some((entry) => entry.isIntersecting)) { watch.disconnect(); begin(); } }, { rootMargin: "200px" });
    watch.observe(box);
  }
})();
