// Addresses without file names: /en/ is /en/index.html, and /en is sent on to /en/ so that relative links hold.
function handler(event) {
  var request = event.request;
  var path = request.uri;
  if (path.endsWith("/")) {
    request.uri = path + "index.html";
    return request;
  }
  var last = path.slice(path.lastIndexOf("/") + 1);
  // Two slashes at the beginning would make the browser leave for another host.
  if (last.indexOf(".") === -1 && !path.startsWith("//")) {
    return { statusCode: 301, statusDescription: "Moved Permanently", headers: { location: { value: path + "/" } } };
  }
  return request;
}
