window.addEventListener("load", function () {
  "use strict";
  var wanted = new URLSearchParams(window.location.search).get("file");
  var names = ["gigacity", "identity", "ingest", "indicators", "cases"];
  SwaggerUIBundle({
    urls: names.map(function (name) { return { name: name, url: "/openapi/" + name + ".json" }; }),
    "urls.primaryName": names.indexOf(wanted) < 0 ? "gigacity" : wanted,
    dom_id: "#swagger-ui",
    deepLinking: true,
    validatorUrl: null,
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    layout: "StandaloneLayout"
  });
});
