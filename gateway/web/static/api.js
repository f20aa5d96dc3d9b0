// Shows the description of /api/v1 with Swagger UI, where every request can be tried with a key.
/* global SwaggerUIBundle */
const place = document.getElementById("api");

SwaggerUIBundle({ url: place.dataset.description, domNode: place, deepLinking: true, validatorUrl: null });
