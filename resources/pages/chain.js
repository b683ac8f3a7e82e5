(function () {
  var data = JSON.parse(document.getElementById("chain").textContent);
  var slider = document.getElementById("t"), play = document.getElementById("play"), told = document.querySelector("nav output");
  var pictures = Array.from(document.querySelectorAll(".picture")), last = data.t.length - 1;
  var place = data.begin, quantity = data.quantity;
  var plays = player(play, function () { go(place + 1); return place !== last; }, Math.max(40, Math.min(250, 6000 / (last + 1))));

  function percent(at, many) { return many > 1 ? (100 * at / (many - 1)) + "%" : "0%"; }

  function shown(picture) {
    var own = picture.dataset, lane = data.lanes[+own.lane], state = lane.at[place];
    var index = own.by === "place" ? place : state;
    var blank = own.quantity === "eps_hat" && !lane.steps[state] ? "From x_0 no step begins: no noise is seen in it." :
      own.quantity === "difference" && !lane.beside[place] ? "No state of this lane is near enough in its noise." : "";
    if (own.quantity === "decoded") return "";
    picture.hidden = own.quantity !== quantity || blank !== "";
    picture.style.backgroundPosition = percent(index % +own.across, +own.across) + " " + percent(Math.floor(index / +own.across), +own.down);
    picture.setAttribute("aria-label", own.what + " at t = " + lane.t[state]);
    return own.quantity === quantity ? blank || "shown" : "";
  }

  function number(value) { return value === 0 ? "0" : Math.abs(value) < 1e-3 ? value.toExponential(2) : value.toPrecision(4); }

  function equation(lane) {
    var state = lane.at[place], step = lane.steps[state], t = lane.t[state];
    if (!step) return "<p>x<sub>0</sub>: the sample, where the chain ends</p>";
    var noise = step[3] ? " + σ z" : "";
    return "<p>x<sub>t′</sub> = a<sub>0</sub> " + lane.clean + " + a<sub>t</sub> x<sub>t</sub>" + noise + "</p>" +
      "<p>x<sub>" + step[4] + "</sub> = " + number(step[1]) + " " + lane.clean + (step[2] < 0 ? " − " : " + ") + number(Math.abs(step[2])) +
      " x<sub>" + t + "</sub>" + (step[3] ? " + " + number(step[3]) + " z" : "") + "</p>" +
      "<p class=\"numbers\">t = " + t + " → " + step[4] + ", ᾱ<sub>t</sub> = " + number(step[0]) + "</p>";
  }

  function show() {
    var words = "t = " + data.t[place], seen = {};
    slider.value = place;
    slider.setAttribute("aria-valuetext", words);
    told.textContent = words;
    pictures.forEach(function (picture) {
      var said = shown(picture);
      if (said) seen[picture.dataset.lane] = said;
    });
    document.querySelectorAll(".nothing").forEach(function (text) {
      var said = seen[text.dataset.lane] || (quantity === "difference" ? data.lanes[+text.dataset.lane].apart : "");
      text.hidden = said === "shown" || said === "";
      text.textContent = text.hidden ? "" : said;
    });
    document.querySelectorAll(".equation").forEach(function (box) { box.innerHTML = equation(data.lanes[+box.dataset.lane]); });
    document.querySelectorAll(".scale").forEach(function (bar) { bar.hidden = bar.dataset.quantity !== quantity; });
    document.querySelectorAll("[data-key]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.dataset.quantity === quantity));
    });
    document.querySelectorAll(".cursor").forEach(function (line) {
      var x = 400 * (last ? place / last : 0);
      line.setAttribute("x1", x);
      line.setAttribute("x2", x);
    });
    document.querySelectorAll("output[data-curve]").forEach(function (box) {
      var value = data.curves[+box.dataset.curve][+box.dataset.lane][place];
      box.textContent = value === null ? "–" : number(value);
    });
  }

  function go(to) {
    place = Math.max(0, Math.min(last, to));
    show();
  }

  function toggle() { plays.toggle(function () { if (place === last) go(0); }); }

  function choose(button) {
    quantity = button.dataset.quantity;
    show();
  }

  slider.addEventListener("input", function () { plays.stop(); go(+slider.value); });
  play.addEventListener("click", toggle);
  document.querySelectorAll("[data-key]").forEach(function (button) { button.addEventListener("click", function () { choose(button); }); });
  document.querySelectorAll(".plot svg").forEach(function (plot) {
    function seek(event) {
      var box = plot.getBoundingClientRect();
      plays.stop();
      go(Math.round(last * (event.clientX - box.left) / box.width));
    }
    plot.addEventListener("pointerdown", function (event) { plot.setPointerCapture(event.pointerId); seek(event); });
    plot.addEventListener("pointermove", function (event) { if (event.buttons) seek(event); });
  });
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    var to = { ArrowLeft: place - 1, ArrowRight: place + 1, Home: 0, End: last }[event.key];
    var button = document.querySelector("[data-key=\"" + CSS.escape(event.key) + "\"]");
    if (to !== undefined) { plays.stop(); go(to); }
    else if (event.key === " " && event.target.tagName !== "BUTTON") toggle();
    else if (button) choose(button);
    else return;
    event.preventDefault();
  });
  themed(show);
}());
