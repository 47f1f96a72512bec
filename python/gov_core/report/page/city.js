"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const number = new Intl.NumberFormat("zh-CN");
const LEVEL = { city: "市", district: "区", street: "街道", community: "社区", grid: "网格", building: "楼栋" };
const LIMIT = { urgent_hour: "紧急工作时", working_hour: "工作时", working_day: "工作日", natural_day: "自然日" };
const STANDING = { recommended: "建议", background: "背景" };
const COLOURS = { decision: "#b3402f", execution: "#1d6a96", deliberation: "#3f7d3a", supervision: "#8a5aa3" };
const LAYER = { decision: "领导决策层", execution: "执行层", deliberation: "议事层", supervision: "监督层" };
const at = (id) => document.getElementById(id);
const levelName = (level) => LEVEL[level] ?? level;
const limitName = (limit) => (limit ? limit.replace(/ (\w+)$/, (_, unit) => ` ${LIMIT[unit] ?? unit}`) : "");
const placeById = new Map(data.places.map((place) => [place.id, place]));
const unitById = new Map(data.units.map((unit) => [unit.id, unit]));
const areaById = new Map(data.areas.features.map((feature) => [feature.properties.id, feature]));
let map = null;
let chart = null;
let selected = null;

function make(tag, text, parent, kind) {
  const element = document.createElement(tag);
  element.textContent = text;
  if (kind) element.className = kind;
  parent.append(element);
  return element;
}

function button(parent, text, act) {
  const element = make("button", text, parent);
  element.type = "button";
  element.addEventListener("click", act);
  return element;
}

function entry(list, label, quiet, act) {
  const element = button(make("li", "", list), "", act);
  make("span", label, element).title = label;
  if (quiet) make("b", quiet, element, "quiet");
}

const title = (thing) => thing.name || thing.id;
const above = (id) => {
  const path = [];
  for (let place = placeById.get(id); place; place = placeById.get(place.parent)) path.unshift(place);
  return path;
};
const servedBy = (id) => {
  const depth = new Map(above(id).map((place, at) => [place.id, at]));
  const nearest = (unit) => Math.max(-1, ...unit.serves.map((place) => depth.get(place) ?? -1));
  return data.units.filter((unit) => nearest(unit) >= 0).sort((a, b) => nearest(b) - nearest(a));
};

function show(name, facts, more, items) {
  at("detail").hidden = false;
  at("detail-title").textContent = name;
  at("detail-facts").replaceChildren();
  for (const [key, value] of facts) {
    if (value === null || value === undefined || value === "") continue;
    make("dt", key, at("detail-facts"));
    make("dd", String(value), at("detail-facts"));
  }
  at("detail-more").textContent = items.length ? more : "";
  at("detail-list").replaceChildren();
  for (const item of items.slice(0, 40)) entry(at("detail-list"), item.label, item.quiet, item.act);
  if (items.length > 40) make("li", `其余 ${number.format(items.length - 40)} 项未列出`, at("detail-list"), "quiet");
}

function bounds(features) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  const walk = (item) => {
    if (typeof item[0] === "number") {
      box[0] = Math.min(box[0], item[0]); box[1] = Math.min(box[1], item[1]);
      box[2] = Math.max(box[2], item[0]); box[3] = Math.max(box[3], item[1]);
    } else item.forEach(walk);
  };
  for (const feature of features) walk(feature.geometry.coordinates);
  return box;
}

function areasBelow(id) {
  return data.areas.features.filter(({ properties }) => above(properties.id).some((place) => place.id === id));
}

function selectPlace(id, zoom) {
  const place = placeById.get(id);
  const areas = areasBelow(id);
  if (map) {
    for (const old of selected ?? []) map.setFeatureState({ source: "areas", id: old }, { selected: false });
    selected = areas.map(({ properties }) => properties.index);
    for (const index of selected) map.setFeatureState({ source: "areas", id: index }, { selected: true });
    if (zoom && areas.length) {
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      map.fitBounds(bounds(areas), { padding: 60, maxZoom: 15, animate: !calm, duration: 500 });
    }
  }
  const units = servedBy(id);
  show(title(place), [
    [`${levelName(place.level)}编号`, place.id], ["区划或网格代码", place.code], ["类型", place.kind],
    ...above(id).slice(0, -1).map((upper) => [levelName(upper.level), title(upper)]),
    ["户数", place.households], ["人口", place.population], ["来源", place.source],
  ], `服务这里的机构(${number.format(units.length)})`, units.map((unit) => ({
    label: title(unit), quiet: data.kinds[unit.kind]?.name ?? unit.kind, act: () => selectUnit(unit.id),
  })));
}

function selectUnit(id) {
  const unit = unitById.get(id);
  show(title(unit), [
    ["机构编号", unit.id], ["种类", data.kinds[unit.kind]?.name ?? unit.kind],
    ["层面", LAYER[data.kinds[unit.kind]?.layer]], ["依据", unit.source], ["性质", STANDING[unit.standing]],
  ], "服务范围", unit.serves.map((place) => ({
    label: title(placeById.get(place)), quiet: levelName(placeById.get(place).level), act: () => { open("map"); selectPlace(place, true); },
  })));
}

function selectKind(kind) {
  const units = data.units.filter((unit) => unit.kind === kind);
  const known = data.kinds[kind];
  show(known?.name ?? kind, [["代码", `@${kind}`], ["英文", known?.english], ["层面", LAYER[known?.layer]], ["数量", units.length]],
    "机构", units.map((unit) => ({ label: title(unit), quiet: unit.id, act: () => selectUnit(unit.id) })));
}

function tell() {
  at("name").textContent = data.name;
  const counts = data.levels.map((level) => `${number.format(data.counts[level] ?? 0)} 个${levelName(level)}`);
  at("summary").textContent = `${counts.join("、")};${number.format(data.units.length)} 个机构,` +
    `${number.format(data.lists.length)} 份清单${data.preset ? `;按 ${data.preset} 模式` : ""}`;
  const notes = [];
  if (data.generated) notes.push("标明 generated 的地点和边界是生成的,不是真实边界。");
  if (data.hidden_rules) notes.push(`${data.hidden_rules} 条敏感事项的规则不在此页显示。`);
  if (data.hidden_items) notes.push(`${data.hidden_items} 项敏感事项不在此页显示。`);
  if (data.tolerance_m) notes.push(`边界已为显示而简化,误差约 ${data.tolerance_m} 米。`);
  if (data.small_cells) notes.push(`人数或户数少于 ${data.small_cells} 的不显示。`);
  at("note").textContent = notes.join("");
  tree();
  at("find").addEventListener("input", (event) => {
    const wanted = event.target.value.trim().toLowerCase();
    at("found").replaceChildren();
    if (!wanted) return;
    const hit = (thing) => `${thing.id} ${thing.name}`.toLowerCase().includes(wanted);
    const places = data.places.filter(hit).slice(0, 8);
    const units = data.units.filter(hit).slice(0, 8);
    for (const place of places) entry(at("found"), title(place), levelName(place.level), () => { open("map"); selectPlace(place.id, true); });
    for (const unit of units) entry(at("found"), title(unit), data.kinds[unit.kind]?.name ?? unit.kind, () => selectUnit(unit.id));
    if (!places.length && !units.length) make("li", "没有找到", at("found"));
  });
}

function tree() {
  const children = new Map();
  for (const place of data.places) {
    if (!children.has(place.parent)) children.set(place.parent, []);
    children.get(place.parent).push(place);
  }
  const grow = (place, parent) => {
    const below = children.get(place.id) ?? [];
    const pick = () => { open("map"); selectPlace(place.id, true); };
    if (!below.length) {
      button(make("div", "", parent, "leaf"), title(place), pick);
      return;
    }
    const branch = make("details", "", parent);
    const head = make("summary", "", branch);
    button(head, title(place), (event) => { event.preventDefault(); pick(); });
    make("span", ` ${number.format(below.length)}`, head, "quiet");
    branch.addEventListener("toggle", () => {
      if (branch.open && branch.childElementCount === 1) below.forEach((next) => grow(next, branch));
    });
  };
  (children.get(null) ?? []).forEach((place) => grow(place, at("tree")));
}

function table(parent, heads, rows) {
  const body = make("table", "", parent);
  const head = make("tr", "", make("thead", "", body));
  heads.forEach((text) => { make("th", text, head).scope = "col"; });
  const lines = make("tbody", "", body);
  for (const row of rows) {
    const line = make("tr", "", lines);
    for (const cell of row) {
      const box = make("td", typeof cell === "number" ? number.format(cell) : cell ?? "", line, typeof cell === "number" ? "number" : "");
      if (box.textContent === STANDING.recommended) box.innerHTML = `<span class="mark">${STANDING.recommended}</span>`;
    }
  }
}

function lists() {
  const page = at("lists");
  if (!data.lists.length) make("p", "这座城市没有清单,由规则表分派。", page);
  for (const list of data.lists) {
    const count = list.expected === null ? number.format(list.items.length) : `${list.items.length} / 应有 ${list.expected}`;
    const head = make("h2", `${list.title || list.id} `, page);
    make("span", `${list.kind_name} · ${list.holder_name} · ${count} 项`, head, "quiet");
    const named = list.items.filter((item) => !item.placeholder);
    const rows = named.map((item) => [item.code, item.title, item.matters.join("、"), limitName(item.resolve_within), STANDING[item.standing] ?? ""]);
    if (rows.length) table(page, ["编号", "事项", "覆盖", "办结时限", ""], rows);
    const unnamed = list.items.length - named.length;
    if (unnamed) make("p", `另有 ${number.format(unnamed)} 项为占位:来源只给出数目,没有列出名称。`, page);
  }
  if (data.rules.length) {
    make("h2", `规则 ${number.format(data.rules.length)} 条`, page);
    const any = (value) => value ?? "任意";
    table(page, ["编号", "事项", "范围", "等级", "责任单位", "办结时限"], data.rules.slice(0, 400).map((rule) =>
      [rule.id, any(rule.matter), any(rule.area), any(rule.grade), rule.unit.join(" > "), limitName(rule.resolve_within)]));
    if (data.rules.length > 400) make("p", `其余 ${number.format(data.rules.length - 400)} 条未列出。`, page);
  }
}

function facts() {
  const page = at("facts");
  make("h2", "规范", page);
  table(page, ["编号", "衡量", "层级", "下限", "上限", "来源"], data.norms.map((norm) =>
    [norm.id, norm.measure, levelName(norm.per), norm.least, norm.most, norm.source]));
  make("h2", "来源中的数字", page);
  make("p", "标为“来源的说法”的,是文献自己的结论,只并列展示,不由本系统计算,也不作评分。", page);
  table(page, ["编号", "内容", "数值", "", "来源"], data.figures.map((figure) =>
    [figure.id, figure.name, figure.value, `${figure.measure}${figure.claim ? " · 来源的说法" : ""}${figure.note ? ` · ${figure.note}` : ""}`, figure.source]));
  const catalogues = Map.groupBy ? Map.groupBy(data.terms, (term) => term.catalogue) : new Map();
  for (const [catalogue, terms] of catalogues) {
    make("h2", catalogue, page);
    table(page, ["次序", "名称", "英文", "来源", ""], terms.map((term) =>
      [term.position || null, term.name, term.english, term.source, STANDING[term.standing] ?? ""]));
  }
}

function bodies() {
  const largest = Math.max(1, ...data.graph.nodes.map((node) => node.count));
  chart = echarts.init(at("bodies"), null, { renderer: "svg" });
  chart.setOption({
    aria: { enabled: true }, animation: false,
    // A tooltip is HTML, and kinds are what a city calls them.
    tooltip: { formatter: ({ dataType, data: item }) => echarts.format.encodeHTML(dataType === "edge"
      ? `${item.from} ${item.label_text} ${item.to}` : `${item.title}(${item.count})`) },
    legend: { data: Object.values(LAYER).concat("其他"), bottom: 8 },
    series: [{
      type: "graph", layout: "force", roam: true, draggable: true, edgeSymbol: ["none", "arrow"], edgeSymbolSize: 7,
      force: { repulsion: 520, edgeLength: [90, 190], gravity: 0.12, layoutAnimation: false },
      categories: [...Object.entries(LAYER).map(([layer, name]) => ({ name, itemStyle: { color: COLOURS[layer] } })),
        { name: "其他", itemStyle: { color: "#8d867e" } }],
      nodes: data.graph.nodes.map((node) => ({
        ...node, name: node.kind, title: data.kinds[node.kind]?.name ?? node.kind, category: LAYER[data.kinds[node.kind]?.layer] ?? "其他",
        symbolSize: 18 + 26 * Math.sqrt(node.count / largest),
        label: { show: true, position: "bottom", formatter: `${data.kinds[node.kind]?.name ?? node.kind} ${node.count}` },
      })),
      links: data.graph.edges.map((edge) => ({
        source: edge.source, target: edge.target, label_text: edge.name,
        from: data.kinds[edge.source]?.name ?? edge.source, to: data.kinds[edge.target]?.name ?? edge.target,
        label: { show: true, formatter: edge.name, fontSize: 10, color: "#6b635b" },
        lineStyle: { type: edge.standing === "recommended" ? "dashed" : "solid", color: "#a59d93", curveness: edge.curve },
      })),
      emphasis: { focus: "adjacency" }, scaleLimit: { min: 0.4, max: 4 },
    }],
  });
  chart.on("click", ({ dataType, data: item }) => { if (dataType === "node") selectKind(item.kind); });
}

function open(name) {
  for (const tab of document.querySelectorAll("nav button")) {
    const chosen = tab.id === `tab-${name}`;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    at(tab.getAttribute("aria-controls")).hidden = !chosen;
  }
  if (name === "bodies" && !chart) bodies();
  if (name === "bodies") chart.resize();
  if (name === "map") map?.resize();
}

function draw() {
  const text = { "text-field": ["get", "name"], "text-font": ["sans-serif"], "text-padding": 4 };
  const halo = { "text-color": "#2b2622", "text-halo-color": "#fffdfa", "text-halo-width": 1.8 };
  const geojson = (features) => ({ type: "geojson", data: features, tolerance: 0.2 });
  const sources = { areas: { ...geojson(data.areas), promoteId: "index" }, points: geojson(data.points) };
  data.lines.forEach((line, depth) => { sources[`lines-${depth}`] = geojson(line); });
  const state = (name, yes, no) => ["case", ["boolean", ["feature-state", name], false], yes, no];
  map = new maplibregl.Map({
    container: "map", bounds: data.box, fitBoundsOptions: { padding: 30 }, attributionControl: false, dragRotate: false,
    pitchWithRotate: false, touchPitch: false, maxPitch: 0, renderWorldCopies: false, fadeDuration: 0,
    locale: { "Map.Title": "地图", "NavigationControl.ZoomIn": "放大", "NavigationControl.ZoomOut": "缩小" },
    style: { version: 8, sources, layers: [
      { id: "ground", type: "background", paint: { "background-color": "#f6f3ee" } },
      { id: "areas", type: "fill", source: "areas", paint: { "fill-color": ["get", "colour"], "fill-opacity": state("selected", 1, 0.72) } },
      { id: "area-lines", type: "line", source: "areas", paint: { "line-color": "#ffffff", "line-width": ["interpolate", ["linear"], ["zoom"], 8, 0.1, 15, 1.4] } },
      ...data.lines.map((_, depth) => ({ id: `lines-${depth}`, type: "line", source: `lines-${depth}`, layout: { "line-join": "round" },
        paint: { "line-color": "#2b2622", "line-opacity": depth ? 0.5 : 0.9, "line-width": depth ? 1 : 2 } })),
      { id: "selected", type: "line", source: "areas", paint: { "line-color": "#1d4f91", "line-width": 3, "line-opacity": state("selected", 1, 0) } },
      { id: "names", type: "symbol", source: "points", layout: { ...text, "text-size": 14 }, paint: halo },
    ] },
  });
  window.map = map;
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-left");
  map.addControl(new maplibregl.ScaleControl({ maxWidth: 120 }), "bottom-left");
  map.once("idle", () => { document.body.dataset.drawn = "yes"; });
  map.on("click", "areas", ({ features }) => selectPlace(features[0].properties.id, false));
  map.on("mouseenter", "areas", () => { map.getCanvas().style.cursor = "pointer"; });
  map.on("mouseleave", "areas", () => { map.getCanvas().style.cursor = ""; });
}

const tabs = [...document.querySelectorAll("nav button")];
tabs.forEach((tab, place) => {
  tab.addEventListener("click", () => open(tab.id.slice(4)));
  tab.addEventListener("keydown", ({ key }) => {
    const next = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: -1 }[key];
    if (next === undefined) return;
    const to = tabs.at(next % tabs.length);
    open(to.id.slice(4));
    to.focus();
  });
});
addEventListener("resize", () => chart?.resize());
tell();
lists();
facts();
try {
  draw();
} catch (error) {
  at("map").className = "failed";
  at("map").textContent = `此浏览器无法显示地图(需要 WebGL):${error.message}`;
}
