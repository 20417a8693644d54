// The map of one story: our own outlines and points, no tiles and nothing from outside. Hoàng Sa and Trường Sa are always drawn and named.
"use strict";
(async () => {
  const box = document.querySelector("#map");
  const answer = await fetch(box.dataset.map);
  if (!answer.ok) return;
  const land = await answer.json();
  const spots = (box.dataset.spots || "").split("|").filter(Boolean).map((line) => {
    const [lat, lon, ...name] = line.split(",");
    return { at: [Number(lat), Number(lon)], name: name.join(",") };
  });
  const map = L.map(box, { zoomControl: true, attributionControl: false, minZoom: 4, maxZoom: 11, scrollWheelZoom: false, zoomSnap: 0.25 });
  // Always from the mainland to both archipelagos.
  map.fitBounds([[7.2, 102.3], [23.4, 117.6]]);
  const text = (words) => { const span = document.createElement("span"); span.textContent = words; return span; };
  // The rest of the country as one faint dot per commune (hundredths of a degree): no outline is made up where none is at hand.
  const brush = L.canvas({ pane: "tilePane" });
  const ink = getComputedStyle(box).color;
  for (let i = 0; i < land.communes.length; i += 2) {
    L.circleMarker([land.communes[i] / 100, land.communes[i + 1] / 100], { renderer: brush, radius: 1.2, stroke: false, fillColor: ink, fillOpacity: 0.45, interactive: false }).addTo(map);
  }
  L.geoJSON(land, {
    style: (area) => ({ className: `area ${area.properties.id}`, weight: 1 }),
    onEachFeature: (area, layer) => layer.bindTooltip(text(area.properties.name)),
  }).addTo(map);
  for (const [name, lat, lon] of land.islands) L.circleMarker([lat, lon], { radius: 1.5, className: "island", weight: 1 }).bindTooltip(text(name)).addTo(map);
  // Trường Sa is named over its islands: above them the words would reach the coast of Khánh Hòa when the map is small.
  for (const [name, at] of [["Quần đảo Hoàng Sa (Việt Nam)", [17.7, 112.9]], ["Quần đảo Trường Sa (Việt Nam)", [9.8, 114.2]]]) {
    L.tooltip({ permanent: true, direction: "center", className: "archipelago", interactive: false }).setLatLng(at).setContent(text(name)).addTo(map);
  }
  for (const spot of spots) L.circleMarker(spot.at, { radius: 6, className: "spot", weight: 2 }).bindTooltip(text(spot.name)).addTo(map);
})();
