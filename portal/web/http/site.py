"""What a request passes on to the actions: the place that they run in, and where the request came from."""

from ipaddress import IPv6Address, ip_address

from flask import current_app, request

from portal.actions.keys.throttle import Origin
from portal.actions.site import Site
from portal.web.http import cookies


def site() -> Site:
    portal = current_app.extensions["portal"]
    config = portal.config
    return Site(config.pepper, config.base_url, config.signatures, portal.trust.read)


def origin() -> Origin:
    return Origin(cookies.read(cookies.DEVICE), _network())


def _network() -> str:
    """The visitor's address, by which failures are counted; of IPv6 the half that one household has."""
    text = request.remote_addr or ""
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or int(address) >> 64)
    return str(address)
