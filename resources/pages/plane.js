/* The plane: points that are dragged, layers, a strip; whatever is looked at is decoded here. */
(function () {
  var data = JSON.parse(document.getElementById("plane").textContent), decoder = makeDecoder(data.graph);
  var view = makeView(), look = {}, drawing = planeDrawing(view, look), manifold = makeManifold(decoder, view);
  var stage = document.getElementById("over"), ground = document.getElementById("ground"), decoded = document.getElementById("decoded");
  var slider = document.getElementById("along"), choice = document.getElementById("way"), tiles = document.getElementById("tiles");
  var said = document.querySelector(".said"), title = document.querySelector("#seen h2");
  var points = data.points.map(function (p) { return Object.assign({}, p); }), selected = points[0];
  var ways = makeWays(points, data.strokes), way = ways[0], strip = makeStrip(tiles, decoder);
  var codes = { places: floats(data.codes.places), classes: bytes(data.codes.classes), strengths: bytes(data.codes.strengths) };
  var on = { codes: true, manifold: false, prior: true }, hidden = new Set();
  var hover = null, share = null, backwards = false, fitted = false, times = [], saying = 0, waiting = false;
  var stale = { ground: true, over: true, seen: true };
  var pixels = new ImageData(decoder.shape[2], decoder.shape[1]);
  var plays = player(document.getElementById("play"), step, 50);

  function bytes(text) { return text === null ? null : Uint8Array.from(atob(text), function (c) { return c.charCodeAt(0); }); }

  function floats(text) {
    var view = new DataView(bytes(text).buffer), found = new Float32Array(view.byteLength / 4);
    for (var i = 0; i < found.length; i++) found[i] = view.getFloat32(4 * i, true);
    return found;
  }

  function number(value, digits) { return value.toFixed(digits).replace("-", "−"); }

  /* --- what is drawn, at most once for each picture of the screen */

  function need() {
    for (var i = 0; i < arguments.length; i++) stale[arguments[i]] = true;
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(frame);
  }

  function frame() {
    waiting = false;
    var until = performance.now() + 9;
    if (stale.seen) showSeen();
    var more = strip.work(until);
    if (on.manifold) {
      manifold.fit();
      if (manifold.work(until)) more = true;
      if (more) stale.ground = true;
    }
    if (stale.ground) drawGround();
    if (stale.over) drawOver();
    strip.draw(share, look.bright);
    stale = { ground: more && on.manifold, over: false, seen: false };
    if (more) need();
  }

  function context(canvas) {
    var g = canvas.getContext("2d");
    g.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    g.clearRect(0, 0, view.width, view.height);
    return g;
  }

  function drawGround() {
    var g = context(ground);
    if (on.manifold) manifold.draw(g);
    drawing.grid(g);
    if (on.codes) drawing.codes(g, codes, data.colours, hidden, devicePixelRatio);
    if (on.prior && data.prior) drawing.prior(g, data.prior);
    drawing.numbers(g);
  }

  function drawOver() {
    var g = context(stage);
    ways.forEach(function (one) { if (one.stroke && one !== way) drawing.way(g, one.places(), look.ink, false); });
    drawing.way(g, way.places(), look.accent, true);
    points.forEach(function (point) { drawing.point(g, point, point === selected); });
    var seen = place();
    if (hover || share !== null) drawing.mark(g, seen.at, look.ink);
  }

  function coloured() {
    var style = getComputedStyle(document.documentElement), dark = on.manifold || style.colorScheme === "dark";
    function token(name) { return style.getPropertyValue("--" + name).trim(); }
    look.line = on.manifold ? "rgba(255, 255, 255, 0.07)" : token("line");
    look.axis = on.manifold ? "rgba(255, 255, 255, 0.2)" : token("border");
    look.accent = token(on.manifold ? "bright" : "accent");
    look.bright = token("bright");
    look.ink = dark ? "#ffffff" : token("text");
    look.halo = dark ? "rgba(0, 0, 0, 0.7)" : "rgba(255, 255, 255, 0.88)";
    look.quiet = on.manifold ? "rgba(255, 255, 255, 0.85)" : token("muted");
    look.circle = dark ? "rgba(255, 255, 255, 0.6)" : "rgba(0, 0, 0, 0.5)";
    need("ground", "over");
  }

  /* --- what is seen: the pointer's place, that of the strip, or the selected point */

  function place() {
    if (hover) return { at: hover, name: "Under the pointer" };
    if (share !== null) return { at: way.at(share), name: "Along " + way.name };
    return { at: [selected.x, selected.y], name: selected.name };
  }

  function logPrior(at) {
    var p = data.prior, square = Math.pow(at[0] - p.origin[0], 2) + Math.pow(at[1] - p.origin[1], 2) + p.distance * p.distance;
    return -0.5 * square - p.dimensions / 2 * Math.log(2 * Math.PI);
  }

  /* The middle of the last times, without those before the browser has compiled what runs. */
  function usual(took) {
    times = times.concat(took).slice(-15);
    return times.slice().sort(function (a, b) { return a - b; })[Math.floor(times.length / 2)];
  }

  function showSeen() {
    var seen = place(), began = performance.now(), values = decoder.image(seen.at), took = performance.now() - began;
    var milliseconds = usual(took);
    decoded.getContext("2d").putImageData(paintImage(pixels, values, decoder.shape), 0, 0);
    var digits = Math.max(3, Math.ceil(Math.log10(view.scale)));  /* as many as tell pixels of this view apart */
    var z = "(" + number(seen.at[0], digits) + ", " + number(seen.at[1], digits) + ")", words = data.place + " = " + z;
    title.textContent = seen.name;
    document.getElementById("z").textContent = z;
    document.getElementById("took").textContent = milliseconds < 0.05 ? "< 0.1 ms" : milliseconds.toFixed(1) + " ms";
    if (data.prior) {
      var density = number(logPrior(seen.at), 2);
      document.getElementById("density").textContent = density;
      words += ", log p(z) = " + density;
    }
    decoded.dataset.x = seen.at[0];
    decoded.dataset.y = seen.at[1];
    decoded.setAttribute("aria-label", "Decoding at " + words);
    clearTimeout(saying);
    saying = setTimeout(function () { said.textContent = seen.name + ": " + words; }, 500);
  }

  function move(point, x, y) {
    point.x = x;
    point.y = y;
    share = null;
    plays.stop();
    if (!way.stroke) strip.show(way);
    need("over", "seen");
  }

  function near(at, reach) {
    var found = null, least = reach;
    points.forEach(function (point) {
      var far = Math.hypot(view.right(point.x) - at[0], view.down(point.y) - at[1]);
      if (far < least) { least = far; found = point; }
    });
    return found;
  }

  function select(point) {
    plays.stop();
    selected = point;
    share = null;
    need("over", "seen");
  }

  /* --- the strip */

  function seek(to) {
    share = to;
    hover = null;
    slider.value = Math.round(1000 * to);
    slider.setAttribute("aria-valuetext", Math.round(100 * to) + " % of " + way.name);
    need("over", "seen");
  }

  function step() {
    var next = (share === null ? 0 : share) + (backwards ? -1 : 1) / 80;
    if (next > 1 || next < 0) backwards = !backwards;
    seek(Math.max(0, Math.min(1, next)));
  }

  function takeWay() {
    way = ways[choice.selectedIndex];
    strip.show(way);
    if (share !== null) seek(share);
    need("over", "seen");
  }

  ways.forEach(function (one) { choice.add(new Option(one.name)); });
  choice.addEventListener("change", takeWay);
  document.getElementById("play").addEventListener("click", function () { plays.toggle(); });
  slider.addEventListener("input", function () { plays.stop(); seek(slider.value / 1000); });
  function seekTiles(event) {
    plays.stop();
    seek(strip.share(event.clientX - tiles.getBoundingClientRect().left));
  }
  tiles.addEventListener("pointerdown", function (event) { tiles.setPointerCapture(event.pointerId); seekTiles(event); });
  tiles.addEventListener("pointermove", function (event) { if (event.buttons) seekTiles(event); });

  /* --- layers and classes */

  function toggleLayer(name) {
    var button = document.querySelector("[data-layer=" + name + "]");
    if (!button) return;
    on[name] = !on[name];
    button.setAttribute("aria-pressed", String(on[name]));
    coloured();
  }

  function toggleClass(index) {
    var button = document.querySelector("[data-class=\"" + index + "\"]");
    if (!button) return;
    if (!hidden.delete(index)) hidden.add(index);
    button.setAttribute("aria-pressed", String(!hidden.has(index)));
    need("ground");
  }

  document.querySelectorAll("[data-layer]").forEach(function (button) {
    button.addEventListener("click", function () { toggleLayer(button.dataset.layer); });
  });
  document.querySelectorAll("[data-class]").forEach(function (button) {
    button.addEventListener("click", function () { toggleClass(+button.dataset.class); });
  });

  /* --- the view */

  function zoom(factor) {
    view.zoom(factor, view.width / 2, view.height / 2);
    need("ground", "over");
  }

  function fit() {
    view.fit(data.extent);
    need("ground", "over");
  }

  function reset() {
    data.points.forEach(function (p, i) { points[i].x = p.x; points[i].y = p.y; });
    select(points[0]);
    strip.show(way);
  }

  var does = {
    "+": function () { zoom(1.25); }, "=": function () { zoom(1.25); }, "-": function () { zoom(0.8); }, f: fit, r: reset,
    c: function () { toggleLayer("codes"); }, g: function () { toggleLayer("manifold"); }, p: function () { toggleLayer("prior"); },
    n: function () { select(points[(points.indexOf(selected) + 1) % points.length]); },
    " ": function () { plays.toggle(); }
  };
  document.querySelectorAll("[data-key]").forEach(function (button) {
    button.addEventListener("click", function () { does[button.dataset.key](); });
  });

  new ResizeObserver(function () {
    view.width = stage.clientWidth;
    view.height = stage.clientHeight;
    [stage, ground].forEach(function (canvas) {
      canvas.width = Math.round(view.width * devicePixelRatio);
      canvas.height = Math.round(view.height * devicePixelRatio);
    });
    if (!fitted) fit();
    fitted = true;
    need("ground", "over");
  }).observe(stage);
  new ResizeObserver(function () { strip.fit(); need(); }).observe(tiles.parentElement);

  handle(stage, view, {
    near: near,
    select: select,
    selected: function () { return selected; },
    move: move,
    hover: function (at) {
      if (at && plays.playing()) return;
      hover = at;
      need("over", "seen");
    },
    viewed: function () { need("ground", "over"); }
  });

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    var target = event.target.tagName, key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    var arrow = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[key];
    if ((target === "INPUT" || target === "SELECT") && (arrow || key === "Home" || key === "End" || target === "SELECT")) return;
    if (key === " " && target === "BUTTON") return;
    var by = (event.shiftKey ? 1 : 10) / view.scale;
    hover = null;
    if (arrow && !selected.locked) move(selected, selected.x + by * arrow[0], selected.y + by * arrow[1]);
    else if (key === "Home" && !selected.locked) move(selected, data.origin[0], data.origin[1]);
    else if (/^\d$/.test(key)) toggleClass(+key);
    else if (does[key]) does[key]();
    else return;
    event.preventDefault();
  });

  for (var warm = 0; warm < 8; warm++) decoder.image([selected.x, selected.y]);
  strip.show(way);
  themed(coloured);
  need("seen");
}());
