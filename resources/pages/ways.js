/* Ways on a plane that are decoded in the strip: straight between two points, or along a stroke. */
function makeWays(points, strokes) {
  function lengths(places) {
    var sums = [0];
    for (var i = 1; i < places.length; i++) {
      sums.push(sums[i - 1] + Math.hypot(places[i][0] - places[i - 1][0], places[i][1] - places[i - 1][1]));
    }
    return sums;
  }

  /* The place at a share of a way's length. */
  function at(places, share) {
    var sums = lengths(places), wanted = share * sums[sums.length - 1], k = 1;
    while (k < places.length - 1 && sums[k] < wanted) k++;
    var part = sums[k] > sums[k - 1] ? (wanted - sums[k - 1]) / (sums[k] - sums[k - 1]) : 0;
    return [0, 1].map(function (c) { return places[k - 1][c] + part * (places[k][c] - places[k - 1][c]); });
  }

  function between(a, b) {
    return { name: a.name + " → " + b.name, stroke: false, places: function () { return [[a.x, a.y], [b.x, b.y]]; } };
  }

  function along(stroke) {
    return { name: stroke.name, stroke: true, places: function () { return stroke.places; } };
  }

  var ways = points.slice(1).map(function (b, i) { return between(points[i], b); }).concat(strokes.map(along));
  ways.forEach(function (way) { way.at = function (share) { return at(way.places(), share); }; });
  return ways;
}

/* The decodings along a way: one small picture beside another, made again a few at a time. */
function makeStrip(canvas, decoder) {
  var high = decoder.shape[1], wide = decoder.shape[2], count = 0, sheet = document.createElement("canvas"), waiting = [], way = null;
  var pixels = new ImageData(wide, high);

  function all() {
    waiting = [];
    for (var k = count - 1; k >= 0; k--) waiting.push(k);
  }

  return {
    fit: function () {
      var room = canvas.clientWidth, many = Math.max(5, Math.min(24, Math.floor(room / 48)));
      canvas.width = Math.max(1, Math.round(room * devicePixelRatio));
      canvas.height = Math.max(1, Math.round(canvas.width / many * high / wide));
      canvas.style.height = canvas.height / devicePixelRatio + "px";
      if (many !== count) {
        count = many;
        sheet.width = wide * count;
        sheet.height = high;
        all();
      }
    },
    show: function (next) { way = next; all(); },
    work: function (until) {
      while (waiting.length && performance.now() < until) {
        var k = waiting.pop();
        paintImage(pixels, decoder.image(way.at(k / (count - 1))), decoder.shape);
        sheet.getContext("2d").putImageData(pixels, k * wide, 0);
      }
      return waiting.length > 0;
    },
    draw: function (share, colour) {
      var g = canvas.getContext("2d"), side = canvas.width / count;
      g.imageSmoothingEnabled = false;
      g.drawImage(sheet, 0, 0, canvas.width, canvas.height);
      if (share === null) return;
      g.strokeStyle = colour;
      g.lineWidth = 3 * devicePixelRatio;
      g.strokeRect(share * (canvas.width - side) + g.lineWidth / 2, g.lineWidth / 2, side - g.lineWidth, canvas.height - g.lineWidth);
    },
    /* The share of the way under a pixel of the canvas. */
    share: function (px) {
      var side = canvas.clientWidth / count;
      return Math.max(0, Math.min(1, (px - side / 2) / (canvas.clientWidth - side)));
    }
  };
}
