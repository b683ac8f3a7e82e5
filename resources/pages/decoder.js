/* A decoder in plain arithmetic: layers in a row over float32, sums in double. makeDecoder(graph).image(z) is one image, near [-1, 1]. */
function makeDecoder(graph) {
  var weights = unpacked(graph.weights, graph.bits);
  var inputs = new Float32Array(graph.inputs), before = { shape: [graph.inputs], values: inputs };
  var layers = graph.layers.map(function (layer) {
    var made = {
      kind: layer.kind, settings: layer.settings, from: before.shape, shape: layer.shape, x: before.values,
      weight: part(layer.weight), bias: part(layer.bias), values: new Float32Array(product(layer.shape))
    };
    if (layer.kind === "reshape") made.values = made.x;
    before = made;
    return made;
  });

  function product(shape) { return shape.reduce(function (a, b) { return a * b; }, 1); }

  function part(place) { return place ? weights.subarray(place[0], place[0] + place[1]) : null; }

  function unpacked(text, bits) {
    var packed = atob(text), bytes = new Uint8Array(packed.length), i;
    for (i = 0; i < packed.length; i++) bytes[i] = packed.charCodeAt(i);
    var view = new DataView(bytes.buffer), count = bytes.length * 8 / bits, found = new Float32Array(count);
    for (i = 0; i < count; i++) found[i] = bits === 32 ? view.getFloat32(4 * i, true) : half(view.getUint16(2 * i, true));
    return found;
  }

  function half(h) {
    var sign = h & 0x8000 ? -1 : 1, exponent = h >> 10 & 31, fraction = h & 1023;
    if (exponent === 0) return sign * fraction * Math.pow(2, -24);
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return sign * (1 + fraction / 1024) * Math.pow(2, exponent - 15);
  }

  function erf(x) {  /* by its series, and by the continued fraction of erfc where that converges sooner */
    var a = Math.abs(x), sum = a, term = a, n, down = 0;
    if (a > 6) return x < 0 ? -1 : 1;
    if (a < 2.5) {
      for (n = 1; Math.abs(term) > 1e-12 * sum && n < 200; n++) { term *= -a * a / n; sum += term / (2 * n + 1); }
      return (x < 0 ? -1 : 1) * 2 / Math.sqrt(Math.PI) * sum;
    }
    for (n = 60; n > 0; n--) down = n / 2 / (a + down);
    return (x < 0 ? -1 : 1) * (1 - Math.exp(-a * a) / Math.sqrt(Math.PI) / (a + down));
  }

  function sigmoid(x) { return 1 / (1 + Math.exp(-x)); }

  function linear(l) {
    var x = l.x, w = l.weight, n = x.length, at = 0;
    for (var o = 0; o < l.values.length; o++) {
      var sum = l.bias ? l.bias[o] : 0;
      for (var i = 0; i < n; i++) sum += w[at++] * x[i];
      l.values[o] = sum;
    }
  }

  function filled(l) {
    var plane = l.shape[1] * l.shape[2];
    for (var o = 0; o < l.shape[0]; o++) l.values.fill(l.bias ? l.bias[o] : 0, o * plane, (o + 1) * plane);
  }

  /* Both convolutions: small pixels (y, x) meet large ones (y s - p + ky, x s - p + kx); the large are read by one, written by the other. */
  function convolved(l, transposed) {
    var small = transposed ? l.from : l.shape, large = transposed ? l.shape : l.from, s = l.settings;
    var rows = s.kernel[0], columns = s.kernel[1], w = l.weight, at = 0;
    filled(l);
    for (var a = 0; a < small[0]; a++) {
      for (var b = 0; b < large[0]; b++) {
        for (var ky = 0; ky < rows; ky++) {
          for (var kx = 0; kx < columns; kx++) tap(l, transposed, small, large, a, b, ky - s.padding[0], kx - s.padding[1], w[at++]);
        }
      }
    }
  }

  function tap(l, transposed, small, large, a, b, dy, dx, w) {
    var sy = l.settings.stride[0], sx = l.settings.stride[1], x = l.x, y = l.values;
    var top = Math.max(0, Math.ceil(-dy / sy)), bottom = Math.min(small[1], Math.floor((large[1] - 1 - dy) / sy) + 1);
    var left = Math.max(0, Math.ceil(-dx / sx)), right = Math.min(small[2], Math.floor((large[2] - 1 - dx) / sx) + 1);
    for (var i = top; i < bottom; i++) {
      var one = (a * small[1] + i) * small[2] + left, other = (b * large[1] + i * sy + dy) * large[2] + left * sx + dx;
      for (var j = left; j < right; j++, one++, other += sx) {
        if (transposed) y[other] += w * x[one];
        else y[one] += w * x[other];
      }
    }
  }

  function nearest(l) {
    var fy = l.settings.factor[0], fx = l.settings.factor[1], at = 0;
    for (var c = 0; c < l.shape[0]; c++) {
      for (var y = 0; y < l.shape[1]; y++) {
        var row = (c * l.from[1] + Math.floor(y / fy)) * l.from[2];
        for (var x = 0; x < l.shape[2]; x++) l.values[at++] = l.x[row + Math.floor(x / fx)];
      }
    }
  }

  function norm(l) {
    var n = l.x.length / l.settings.groups;
    for (var start = 0; start < l.x.length; start += n) {
      var mean = 0, square = 0, i;
      for (i = start; i < start + n; i++) mean += l.x[i] / n;
      for (i = start; i < start + n; i++) square += (l.x[i] - mean) * (l.x[i] - mean) / n;
      for (i = start; i < start + n; i++) l.values[i] = (l.x[i] - mean) / Math.sqrt(square + l.settings.eps);
    }
  }

  function affine(l) {
    var each = l.x.length / l.weight.length;
    for (var i = 0; i < l.x.length; i++) {
      var k = Math.floor(i / each);
      l.values[i] = l.x[i] * l.weight[k] + l.bias[k];
    }
  }

  function unit(one) {
    return function (l) { for (var i = 0; i < l.x.length; i++) l.values[i] = one(l.x[i], l.settings.slope); };
  }

  var run = {
    linear: linear, conv: function (l) { convolved(l, false); }, transposed: function (l) { convolved(l, true); }, nearest: nearest,
    norm: norm, affine: affine, reshape: function () {},
    relu: unit(function (x) { return x > 0 ? x : 0; }),
    leaky_relu: unit(function (x, slope) { return x > 0 ? x : slope * x; }),
    elu: unit(function (x, slope) { return x > 0 ? x : slope * Math.expm1(x); }),
    silu: unit(function (x) { return x * sigmoid(x); }),
    sigmoid: unit(sigmoid), tanh: unit(Math.tanh),
    softplus: unit(function (x) { return x > 20 ? x : Math.log1p(Math.exp(x)); }),
    gelu: unit(function (x) { return 0.5 * x * (1 + erf(x / Math.SQRT2)); })
  };

  return {
    shape: layers[layers.length - 1].shape,
    /* Values of the image of a code, row by row; the next call writes over them. */
    image: function (z) {
      inputs.set(z);
      layers.forEach(function (l) { run[l.kind](l); });
      return layers[layers.length - 1].values;
    }
  };
}
