// Enhancements of pages that work without them. Each finds its elements by a data attribute.

closeMenus();
closeSuggestions();
walkSuggestions();
submitOnce();
submitOnChange();

/** Menus of <details data-menu> close on Escape and on a click elsewhere. */
function closeMenus() {
  const open = () => document.querySelectorAll("details[data-menu][open]");

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    open().forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });
  document.addEventListener("click", (event) => {
    open().forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
}

/** What is in data-suggestions goes on Escape, back to the field, and when the focus leaves its form. */
function closeSuggestions() {
  document.addEventListener("keydown", (event) => {
    const list = event.target.closest("form")?.querySelector("[data-suggestions]");
    if (event.key !== "Escape" || !list?.hasChildNodes()) return;
    event.preventDefault();
    list.replaceChildren();
    list.closest("form").querySelector("input").focus();
  });
  document.addEventListener("focusout", (event) => {
    const form = event.target.closest("form");
    const list = form?.querySelector("[data-suggestions]");
    if (list && !form.contains(event.relatedTarget)) list.replaceChildren();
  });
}

/** The arrow keys go from the field down into what is in data-suggestions, and up and back to the field. */
function walkSuggestions() {
  document.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const form = step && event.target.closest("form:has([data-suggestions])");
    if (!form) return;
    const stops = [form.querySelector("input"), ...form.querySelectorAll("[data-suggestions] a")];
    const next = stops[stops.indexOf(event.target) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
}

/** A form with data-submit-once ignores what follows its first submit; coming back with the back button frees it. */
function submitOnce() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-submit-once]")) return;
    if (form.dataset.submitted) event.preventDefault();
    else mark(form, true);
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-submitted]").forEach((form) => mark(form, false));
  });

  function mark(form, busy) {
    if (busy) form.dataset.submitted = "true";
    else delete form.dataset.submitted;
    form.querySelectorAll("button:not([type=button])").forEach((button) => button.setAttribute("aria-busy", busy));
  }
}

/**
 * A field with data-submit-on-change sends its form by itself; the button with data-without-script is then not needed.
 * What was changed and left before this script ran is sent as soon as the page stands.
 */
function submitOnChange() {
  document.addEventListener("change", ({ target }) => {
    if (target.matches("[data-submit-on-change]")) send(target);
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("[data-submit-on-change]:not(:focus)").forEach((field) => {
      if (field.value !== field.defaultValue) send(field);
    });
  });

  function send(field) {
    if (field.reportValidity()) field.form.requestSubmit();
  }
}
