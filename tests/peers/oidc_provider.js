// An OpenID provider of another maker (panva's oidc-provider) on PORT, with one client that comes back to BACK.
// Whoever logs in is who they say; GROUPS is a JSON file with the groups of each name.
const { readFileSync } = require("node:fs");
const { pathToFileURL } = require("node:url");
const [port, back, secret, groups] = process.argv.slice(2);

async function main() {
  const { default: Provider } = await import(pathToFileURL(require.resolve("oidc-provider")).href);
  const provider = new Provider(`http://127.0.0.1:${port}`, {
    clients: [{ client_id: "andon", client_secret: secret, redirect_uris: [back], grant_types: ["authorization_code"], response_types: ["code"] }],
    claims: { openid: ["sub"], profile: ["preferred_username", "groups"], email: ["email"] },
    pkce: { required: () => true },
    cookies: { keys: ["a key of the tests"] },
    findAccount: (_, name) => ({
      accountId: name,
      claims: () => ({ sub: name, preferred_username: name, email: `${name}@example.com`, groups: JSON.parse(readFileSync(groups, "utf8"))[name] ?? [] }),
    }),
  });
  provider.listen(Number(port), "127.0.0.1");
}

main();
