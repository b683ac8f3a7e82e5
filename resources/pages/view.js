/* Which part of a plane is seen, y upwards, in the page's pixels; and what is drawn in it. */
function makeView() {
  var view = {
    x: 0, y: 0, scale: 80, width: 1, height: 1,
    right: function (x) { return view.width / 2 + (x - view.x) * view.scale; },
    down: function (y) { return view.height / 2 - (y - view.y) * view.scale; },
    place: function (px, py) { return [view.x + (px - view.width / 2) / view.scale, view.y - (py - view.height / 2) / view.scale]; },
    pan: function (dx, dy) { view.x -= dx / view.scale; view.y += dy / view.scale; },
    zoom: function (factor, px, py) {
      var kept = view.place(px, py);
      view.scale = Math.min(1e7, Math.max(1e-3, view.scale * factor));
      view.x = kept[0] - (px - view.width / 2) / view.scale;
      view.y = kept[1] + (py - view.height / 2) / view.scale;
    },
    fit: function (extent) {
      view.x = (extent[0] + extent[1]) / 2;
      view.y = (extent[2] + extent[3]) / 2;
      view.scale = 0.94 * Math.min(view.width / (extent[1] - extent[0]), view.height / (extent[3] - extent[2]));
    }
  };
  return view;
}

/* Layers of a plane, each drawn by one function on a canvas's context; `look` has the colours. */
function planeDrawing(view, look) {
  function step() {
    var least = 88 / view.scale, power = Math.pow(10, Math.floor(Math.log10(least)));
    return [1, 2, 5, 10].map(function (m) { return m * power; }).find(function (s) { return s >= least * (1 - 1e-9); });
  }

  function ticks(low, high, by) {
    var found = [];
    for (var i = Math.ceil(low / by); i <= Math.floor(high / by); i++) found.push(i * by);
    return found;
  }

  function edges() {
    var a = view.place(0, view.height), b = view.place(view.width, 0);
    return { left: a[0], right: b[0], bottom: a[1], top: b[1] };
  }

  function words(g, text, x, y, strong) {
    g.font = (strong ? "600 13px " : "11px ") + "system-ui, sans-serif";
    g.lineJoin = "round";
    g.lineWidth = 3;
    g.strokeStyle = look.halo;
    g.strokeText(text, x, y);
    g.fillStyle = strong ? look.ink : look.quiet;
    g.fillText(text, x, y);
  }

  function ring(g, x, y, radius, width, colour) {
    g.beginPath();
    g.arc(x, y, radius, 0, 2 * Math.PI);
    g.lineWidth = width;
    g.strokeStyle = colour;
    g.stroke();
  }

  function tickText(value, by) {
    var digits = Math.max(0, -Math.floor(Math.log10(by) + 1e-9));
    return Math.abs(value) > by / 2 ? value.toFixed(digits).replace("-", "−") : "0";
  }

  return {
    grid: function (g) {
      var by = step(), e = edges();
      g.lineWidth = 1;
      ticks(e.left, e.right, by).forEach(function (x) {
        g.strokeStyle = Math.abs(x) < by / 2 ? look.axis : look.line;
        g.beginPath();
        g.moveTo(Math.round(view.right(x)) + 0.5, 0);
        g.lineTo(Math.round(view.right(x)) + 0.5, view.height);
        g.stroke();
      });
      ticks(e.bottom, e.top, by).forEach(function (y) {
        g.strokeStyle = Math.abs(y) < by / 2 ? look.axis : look.line;
        g.beginPath();
        g.moveTo(0, Math.round(view.down(y)) + 0.5);
        g.lineTo(view.width, Math.round(view.down(y)) + 0.5);
        g.stroke();
      });
    },
    numbers: function (g) {
      var by = step(), e = edges();
      ticks(e.left, e.right, by).forEach(function (x) {
        if (view.right(x) > 28 && view.right(x) < view.width - 12) words(g, tickText(x, by), view.right(x) + 4, view.height - 6);
      });
      ticks(e.bottom, e.top, by).forEach(function (y) {
        if (view.down(y) > 14 && view.down(y) < view.height - 24) words(g, tickText(y, by), 6, view.down(y) - 4);
      });
    },
    /* Dots of many codes: one small picture for each class, copied. */
    codes: function (g, codes, colours, hidden, ratio) {
      var radius = Math.min(4, Math.max(1.5, 2 + 0.5 * Math.log2(view.scale / 80))), side = 2 * Math.ceil(radius + 1);
      var dots = colours.map(function (colour) {
        var dot = document.createElement("canvas"), d = dot.getContext("2d");
        dot.width = dot.height = side * ratio;
        d.scale(ratio, ratio);
        d.globalAlpha = 0.75;
        d.fillStyle = colour;
        d.beginPath();
        d.arc(side / 2, side / 2, radius, 0, 2 * Math.PI);
        d.fill();
        return dot;
      });
      for (var i = 0; i < codes.classes.length; i++) {
        var own = Math.min(codes.classes[i], colours.length - 1);
        var x = view.right(codes.places[2 * i]), y = view.down(codes.places[2 * i + 1]);
        if (hidden.has(own) || x < -side || y < -side || x > view.width + side || y > view.height + side) continue;
        g.globalAlpha = codes.strengths ? codes.strengths[i] / 255 : 1;
        g.drawImage(dots[own], x - side / 2, y - side / 2, side, side);
      }
      g.globalAlpha = 1;
    },
    prior: function (g, prior) {
      var x = view.right(prior.origin[0]), y = view.down(prior.origin[1]), said = y + 12;
      prior.circles.forEach(function (circle) {
        var radius = circle.radius * view.scale, high = y - radius * Math.SQRT1_2 - 3;
        g.setLineDash([4, 4]);
        ring(g, x, y, radius, 1, look.circle);
        g.setLineDash([]);
        if (said - high < 12) return;
        words(g, circle.said, x + radius * Math.SQRT1_2 + 4, high);
        said = high;
      });
    },
    way: function (g, places, colour, chosen) {
      [[chosen ? 5 : 4, look.halo], [chosen ? 2.4 : 1.6, colour]].forEach(function (pen) {
        g.lineWidth = pen[0];
        g.strokeStyle = pen[1];
        g.lineJoin = g.lineCap = "round";
        g.beginPath();
        places.forEach(function (p) { g.lineTo(view.right(p[0]), view.down(p[1])); });
        g.stroke();
      });
    },
    point: function (g, point, chosen) {
      var x = view.right(point.x), y = view.down(point.y), radius = chosen ? 8 : 6;
      ring(g, x, y, radius, 5, look.halo);
      ring(g, x, y, radius, 2.4, chosen ? look.accent : look.ink);
      if (point.locked) { g.fillStyle = look.ink; g.fillRect(x - 2.5, y - 2.5, 5, 5); }
      words(g, point.name, x + radius + 5, y + radius + 9, true);
    },
    mark: function (g, place, colour) {
      ring(g, view.right(place[0]), view.down(place[1]), 4, 5, look.halo);
      ring(g, view.right(place[0]), view.down(place[1]), 4, 2.2, colour);
    }
  };
}
