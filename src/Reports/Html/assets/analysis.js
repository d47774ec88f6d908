// Attention of any patch: a click on a slice chooses the query, sliders choose layer and head.
(() => {
  "use strict";
  const bytes = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
  const jet = value => {
    const v = 4 * value, part = level => Math.max(0, Math.min(1, level)) * 255;
    return [part(v - 1.5), part(1.5 - Math.abs(v - 2)), part(2.5 - v)];
  };
  // Axes of a slice: to the left, upwards, and through it. The patient's right is on the left.
  const planes = [[0, 1, 2], [0, 2, 1], [1, 2, 0]];

  for (const root of document.querySelectorAll(".attention")) {
    const data = JSON.parse(root.querySelector("script").textContent);
    const [size, grid, patch] = [data.size, data.grid, data.patch];
    const count = grid[0] * grid[1] * grid[2], image = bytes(data.image), organ = data.organ ? bytes(data.organ) : null;
    const find = name => root.querySelector(`[data-part="${name}"]`);
    const [model, layer, head, blend, text] = ["model", "layer", "head", "blend", "text"].map(find);
    const canvases = [...root.querySelectorAll("canvas")];
    let voxel = [...data.voxel];
    data.models.forEach((one, index) => model.add(new Option(one.label, index)));
    const decoded = new Map();
    const rows = one => {
      if (!decoded.has(one)) decoded.set(one, bytes(one.rows));
      return decoded.get(one);
    };
    const patchOf = at => at.map((value, axis) => Math.min(grid[axis] - 1, Math.floor(value / patch[axis])));
    const indexOf = ([x, y, z]) => (x * grid[1] + y) * grid[2] + z;

    function draw() {
      const layers = data.models[model.value].layers;
      layer.max = layers.length - 1;
      const one = layers[Math.min(layer.value, layers.length - 1)];
      head.max = one.maps - 1;
      const map = Math.min(head.value, one.maps - 1), place = patchOf(voxel), query = indexOf(place);
      const start = (map * count + query) * count, heat = rows(one).subarray(start, start + count);
      const [least, most] = [one.scales[2 * (map * count + query)], one.scales[2 * (map * count + query) + 1]];
      canvases.forEach((canvas, at) => paint(canvas, planes[at], heat, place));
      const mm = [0, 1, 2].map(row => data.affine.slice(4 * row, 4 * row + 3).reduce((sum, value, axis) => sum + value * voxel[axis], data.affine[4 * row + 3]));
      text.textContent = `${one.title}, ${map === 0 ? "mean over heads" : `head ${map - 1}`}; query patch (${place.join(", ")}) at (${mm.map(value => value.toFixed(1)).join(", ")}) mm; weights ${least.toFixed(4)} to ${most.toFixed(4)}, uniform ${(1 / count).toFixed(4)}`;
      Object.assign(root.dataset, { query, layer: one.title, map });
    }

    // Trilinear between the centres of patches, as the pictures.
    function weight(heat, at) {
      const low = [0, 0, 0], high = [0, 0, 0], part = [0, 0, 0];
      for (let axis = 0; axis < 3; axis++) {
        const position = Math.max(0, Math.min(grid[axis] - 1, (at[axis] + 0.5) / patch[axis] - 0.5));
        low[axis] = Math.floor(position);
        high[axis] = Math.min(low[axis] + 1, grid[axis] - 1);
        part[axis] = position - low[axis];
      }
      let sum = 0;
      for (let corner = 0; corner < 8; corner++) {
        let share = 1;
        const place = [0, 1, 2].map(axis => {
          const upper = corner >> axis & 1;
          share *= upper ? part[axis] : 1 - part[axis];
          return upper ? high[axis] : low[axis];
        });
        if (share > 0) sum += share * heat[indexOf(place)];
      }
      return sum / 255;
    }

    function paint(canvas, [across, up, through], heat, place) {
      const [width, height] = [size[across], size[up]];
      canvas.width = width;
      canvas.height = height;
      canvas.style.aspectRatio = `${width * data.spacing[across]} / ${height * data.spacing[up]}`;
      const context = canvas.getContext("2d"), picture = context.createImageData(width, height), opacity = blend.value / 100;
      const isOrgan = at => {
        const bit = (at[0] * size[1] + at[1]) * size[2] + at[2];
        return at[across] >= 0 && at[up] >= 0 && at[across] < width && at[up] < height && (organ[bit >> 3] >> (bit & 7) & 1) === 1;
      };
      const at = [0, 0, 0];
      at[through] = voxel[through];
      for (let row = 0; row < height; row++) {
        for (let column = 0; column < width; column++) {
          at[across] = width - 1 - column;
          at[up] = height - 1 - row;
          const gray = image[(at[0] * size[1] + at[1]) * size[2] + at[2]], color = jet(weight(heat, at)), to = 4 * (row * width + column);
          for (let i = 0; i < 3; i++) picture.data[to + i] = gray * (1 - opacity) + color[i] * opacity;
          picture.data[to + 3] = 255;
          if (organ && isOrgan(at)) {
            const border = [[across, 1], [across, -1], [up, 1], [up, -1]].some(([axis, step]) => {
              const next = [...at];
              next[axis] += step;
              return !isOrgan(next);
            });
            if (border) picture.data.set([255, 255, 255], to);
          }
        }
      }
      context.putImageData(picture, 0, 0);
      context.strokeStyle = "#ff1e1e";
      context.strokeRect(width - (place[across] + 1) * patch[across] + 0.5, height - (place[up] + 1) * patch[up] + 0.5, patch[across] - 1, patch[up] - 1);
    }

    canvases.forEach((canvas, at) => canvas.addEventListener("click", event => {
      const box = canvas.getBoundingClientRect(), [across, up] = planes[at];
      const pixel = (value, length, voxels) => Math.max(0, Math.min(voxels - 1, voxels - 1 - Math.floor(value / length * voxels)));
      voxel[across] = pixel(event.clientX - box.left, box.width, size[across]);
      voxel[up] = pixel(event.clientY - box.top, box.height, size[up]);
      draw();
    }));
    for (const control of [model, layer, head, blend]) control.addEventListener("input", draw);
    find("reset").addEventListener("click", () => {
      voxel = [...data.voxel];
      draw();
    });
    draw();
  }
})();
