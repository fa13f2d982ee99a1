"""What a request passes on to the actions: the place that they run in, and where the request came from."""

import logging
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from flask import Flask, current_app, request

from portal.actions.keys.throttle import Origin
from portal.actions.site import Site
from portal.domain.keys.browsers import kind_of
from portal.web.http import clock, cookies

logger = logging.getLogger(__name__)

NOTED = "proxy_noted_at"  # among the app's extensions: for this process alone


def site() -> Site:
    portal = current_app.extensions["portal"]
    config = portal.config
    return Site(
        config.pepper,
        config.base_url,
        config.signatures,
        portal.trust.read,
        config.needs_second_factor,
        config.site_key,
    )


def init_site(app: Flask) -> None:
    app.before_request(_note_proxy)


def _note_proxy() -> None:
    """Once an hour in each process: whoever comes through a proxy that the portal was not told of has that
    proxy's address, and all of them are counted as one."""
    portal = current_app.extensions["portal"]
    if portal.config.trusted_proxies or "X-Forwarded-For" not in request.headers or is_behind_unknown_proxy():
        return
    current_app.extensions[NOTED] = clock.now()
    logger.warning(
        "requests come with X-Forwarded-For, and PORTAL_TRUSTED_PROXIES is 0: failed logins of all visitors "
        "are counted together, by the address of the proxy"
    )


def is_behind_unknown_proxy() -> bool:
    """Whether a request of the last hour came through one; true of this one, for who asks in it."""
    noted = current_app.extensions.get(NOTED)
    return noted is not None and abs(clock.now() - noted) < timedelta(hours=1)


def origin() -> Origin:
    """Failures are counted by the visitor's address; of IPv6 by the /64 that one household has, and by the
    /48 that may be one customer's or a provider's."""
    device, text = cookies.read(cookies.DEVICE), request.remote_addr or ""
    browser = kind_of(request.headers.get("User-Agent", ""))
    network, block = _networks(text)
    return Origin(device, network, block, browser)


def _networks(text: str) -> tuple[str, str]:
    """The visitor's, and of IPv6 what it is a part of."""
    try:
        address = ip_address(text)
    except ValueError:
        return text, ""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is None:
            household, provider = (str(ip_network((address, length), strict=False)) for length in (64, 48))
            return household, provider
        address = address.ipv4_mapped
    return str(address), ""
