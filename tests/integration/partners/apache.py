"""Debian's Apache with mod_auth_openidc, as its own documentation configures it, in a folder of the test."""

import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from local.outputs import DemoPartner
from tests.integration.partners.relying import origin_of
from tests.platform import Platform

APACHE = Path("/usr/sbin/apache2")
MODULES = Path("/usr/lib/apache2/modules")
PACKAGES = ("apache2", "libapache2-mod-auth-openidc")
_LOADED = ("mpm_event", "authn_core", "authz_core", "authz_user", "auth_openidc", "headers", "dir", "mime")


def have_apache() -> None:
    """Install it where we may.

    Raises:
        AssertionError: it is missing, and only an administrator can change that.
    """
    if APACHE.exists() and (MODULES / "mod_auth_openidc.so").exists():
        return
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES]
    may_install = os.geteuid() == 0 and shutil.which("apt-get") is not None
    assert may_install, f"needed for this test: {' '.join(install)}"
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=True, env=environment)
    subprocess.run(install, check=True, env=environment, stdout=subprocess.DEVNULL)


def command(platform: Platform, partner: DemoPartner, folder: Path) -> list[str]:
    """Write configuration and pages, and give the command that serves them."""
    pages = folder / "pages"
    pages.mkdir(parents=True)
    (pages / "index.html").write_text("open")
    (pages / "members").mkdir()
    (pages / "members" / "index.html").write_text("members only")
    configuration = folder / "apache.conf"
    configuration.write_text(_configuration(platform, partner, folder, pages))
    for path in (folder, pages, *pages.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return [str(APACHE), "-d", str(folder), "-f", str(configuration), "-DFOREGROUND"]


def _configuration(platform: Platform, partner: DemoPartner, folder: Path, pages: Path) -> str:
    port = urlsplit(origin_of(partner)).port
    redirect = next(uri for uri in partner.redirect_uris if uri.endswith("/redirect_uri"))
    modules = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in _LOADED)
    user = "User www-data\nGroup www-data" if os.geteuid() == 0 else ""
    return f"""
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {folder}/apache.pid
ErrorLog /dev/stderr
LogLevel warn auth_openidc:info
{modules}
{user}
TypesConfig /etc/mime.types
DocumentRoot {pages}

OIDCProviderMetadataURL {platform.outputs.connect_url}/.well-known/openid-configuration
OIDCClientID {partner.client_id}
OIDCClientSecret {partner.client_secret}
OIDCRedirectURI {redirect}
OIDCScope "openid"
OIDCPKCEMethod S256
OIDCCryptoPassphrase only-for-this-test
OIDCHTTPTimeoutLong 60
OIDCHTTPTimeoutShort 60

<Location /members>
  AuthType openid-connect
  Require valid-user
  Header always set X-Subject "%{{OIDC_CLAIM_sub}}e"
  Header always set X-Ppid "%{{OIDC_CLAIM_ppid}}e"
  Header always set X-Birthdate "%{{OIDC_CLAIM_birthdate}}e"
  Header always set X-Email "%{{OIDC_CLAIM_email}}e"
</Location>
<Location /redirect_uri>
  AuthType openid-connect
  Require valid-user
</Location>
"""
