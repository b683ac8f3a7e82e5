/* Pointers on a plane: the first button or a finger moves a point, another button or two fingers the view, the wheel enlarges.
   `plane` says what is near, moves points, and is told where the pointer is and that the view is another. */
function handle(stage, view, plane) {
  var down = new Map(), held = null, panned = null;

  function local(event) {
    var box = stage.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  /* Of all fingers: their middle, and how far the first two are apart. */
  function fingers() {
    var all = Array.from(down.values()), sum = [0, 0], far = 0;
    all.forEach(function (p) { sum[0] += p[0] / all.length; sum[1] += p[1] / all.length; });
    if (all.length > 1) far = Math.hypot(all[0][0] - all[1][0], all[0][1] - all[1][1]);
    return { at: sum, far: far };
  }

  function drag(at) {
    var to = view.place(at[0] - held.away[0], at[1] - held.away[1]);
    plane.move(held.point, to[0], to[1]);
  }

  function pan() {
    var now = fingers();
    view.pan(now.at[0] - panned.at[0], now.at[1] - panned.at[1]);
    if (now.far && panned.far) view.zoom(now.far / panned.far, now.at[0], now.at[1]);
    panned = now;
    plane.viewed();
  }

  function begin(at, reach) {
    var hit = plane.near(at, reach), point;
    if (hit) plane.select(hit);
    point = plane.selected();
    if (point.locked) return;
    held = { point: point, from: [point.x, point.y], away: [0, 0] };
    if (hit) held.away = [at[0] - view.right(hit.x), at[1] - view.down(hit.y)];
    else drag(at);
  }

  stage.addEventListener("pointerdown", function (event) {
    stage.setPointerCapture(event.pointerId);
    down.set(event.pointerId, local(event));
    plane.hover(null);
    if (down.size === 1 && event.button === 0) return begin(local(event), event.pointerType === "mouse" ? 14 : 26);
    if (held) plane.move(held.point, held.from[0], held.from[1]);
    held = null;
    panned = fingers();
    if (event.button === 1) event.preventDefault();
  });
  stage.addEventListener("pointermove", function (event) {
    var at = local(event);
    if (down.has(event.pointerId)) {
      down.set(event.pointerId, at);
      if (panned) pan();
      else if (held) drag(at);
    } else if (event.pointerType === "mouse") plane.hover(plane.near(at, 14) ? null : view.place(at[0], at[1]));
  });

  function release(event) {
    down.delete(event.pointerId);
    held = null;
    panned = panned && down.size ? fingers() : null;
  }
  stage.addEventListener("pointerup", release);
  stage.addEventListener("pointercancel", release);
  stage.addEventListener("pointerleave", function () { plane.hover(null); });
  stage.addEventListener("mousedown", function (event) { if (event.button === 1) event.preventDefault(); });
  stage.addEventListener("contextmenu", function (event) { event.preventDefault(); });
  stage.addEventListener("wheel", function (event) {
    var at = local(event);
    event.preventDefault();
    view.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), at[0], at[1]);
    plane.viewed();
  }, { passive: false });
}
