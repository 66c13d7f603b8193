// Sends the page's one form on to where it belongs (login initiation, id_token, repost).
document.getElementById("ltiAuthForm").submit();
