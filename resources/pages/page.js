/* What every page has: dark or light by a button, a button that plays. */
function themed(changed) {
  var button = document.getElementById("theme"), system = matchMedia("(prefers-color-scheme: dark)");

  function dark() {
    var chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === "dark" : system.matches;
  }

  function show() {
    button.setAttribute("aria-label", dark() ? "Light colours" : "Dark colours");
    button.title = button.getAttribute("aria-label");
    changed();
  }

  button.hidden = false;
  button.addEventListener("click", function () {
    document.documentElement.dataset.theme = dark() ? "light" : "dark";
    show();
  });
  system.addEventListener("change", show);
  show();
}

/* A button that shows whether something plays, and calls `tick` every so many milliseconds until it says false. */
function player(button, tick, milliseconds) {
  var timer = 0;

  function told(on) {
    button.textContent = on ? "❚❚ Pause" : "▶ Play";
    button.setAttribute("aria-pressed", String(on));
  }

  function stop() {
    clearInterval(timer);
    timer = 0;
    told(false);
  }

  function toggle(begin) {
    if (timer) return stop();
    if (begin) begin();
    told(true);
    timer = setInterval(function () { if (tick() === false) stop(); }, milliseconds);
  }

  return { stop: stop, toggle: toggle, playing: function () { return timer !== 0; } };
}
