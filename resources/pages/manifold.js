/* Pixels of an image near [-1, 1], as a browser draws them. */
function paintImage(pixels, values, shape) {
  var count = shape[1] * shape[2], coloured = shape[0] === 3;
  for (var i = 0; i < count; i++) {
    for (var c = 0; c < 3; c++) pixels.data[4 * i + c] = Math.round(127.5 * (values[coloured ? c * count + i : i] + 1));
    pixels.data[4 * i + 3] = 255;
  }
  return pixels;
}

/* Decodings of a lattice of codes over the view: cells are a power of two wide, so that they stay where they are when it moves. */
function makeManifold(decoder, view) {
  var high = decoder.shape[1], wide = decoder.shape[2], known = new Map(), grid = null, sheet = null, before = null, waiting = [];
  var least = 36;  /* pixels of a cell */

  function wanted() {
    var unit = Math.pow(2, Math.ceil(Math.log2(least / view.scale)));
    var low = view.place(0, view.height), top = view.place(view.width, 0);
    var found = { unit: unit, left: Math.floor(low[0] / unit), bottom: Math.floor(low[1] / unit) };
    found.columns = Math.ceil(top[0] / unit) - found.left;
    found.rows = Math.ceil(top[1] / unit) - found.bottom;
    return found;
  }

  function put(cell, pixels) {
    sheet.getContext("2d").putImageData(pixels, (cell.i - grid.left) * wide, (grid.bottom + grid.rows - 1 - cell.j) * high);
  }

  function fit() {
    var next = wanted(), same = grid && Object.keys(next).every(function (name) { return next[name] === grid[name]; });
    if (same) return;
    if (grid && !waiting.length) before = { grid: grid, sheet: sheet };
    if (known.size > 6000) known.clear();
    grid = next;
    sheet = document.createElement("canvas");
    sheet.width = grid.columns * wide;
    sheet.height = grid.rows * high;
    waiting = [];
    for (var j = grid.bottom; j < grid.bottom + grid.rows; j++) {
      for (var i = grid.left; i < grid.left + grid.columns; i++) {
        var cell = { i: i, j: j, name: grid.unit + "/" + i + "/" + j };
        if (known.has(cell.name)) put(cell, known.get(cell.name));
        else waiting.push(cell);
      }
    }
    function far(cell) { return Math.hypot((cell.i + 0.5) * grid.unit - view.x, (cell.j + 0.5) * grid.unit - view.y); }
    waiting.sort(function (a, b) { return far(b) - far(a); });
  }

  function drawn(g, some) {
    var unit = some.grid.unit, left = view.right(some.grid.left * unit), top = view.down((some.grid.bottom + some.grid.rows) * unit);
    g.drawImage(some.sheet, left, top, some.grid.columns * unit * view.scale, some.grid.rows * unit * view.scale);
  }

  return {
    fit: fit,
    /* Decode until a moment of performance.now(); whether something is left. */
    work: function (until) {
      while (waiting.length && performance.now() < until) {
        var cell = waiting.pop(), pixels = new ImageData(wide, high);
        paintImage(pixels, decoder.image([(cell.i + 0.5) * grid.unit, (cell.j + 0.5) * grid.unit]), decoder.shape);
        known.set(cell.name, pixels);
        put(cell, pixels);
      }
      return waiting.length > 0;
    },
    draw: function (g) {
      g.imageSmoothingEnabled = false;
      if (before && waiting.length) drawn(g, before);
      drawn(g, { grid: grid, sheet: sheet });
      g.fillStyle = "rgba(0, 0, 0, 0.42)";
      g.fillRect(0, 0, view.width, view.height);
    }
  };
}
