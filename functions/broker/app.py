"""The broker's routes as one ASGI application."""

from aws_lambda_powertools import Logger
from fastapi import FastAPI

from functions.broker import (
    attributes,
    batches,
    contexts,
    discovery,
    entities,
    entity_maps,
    information,
    temporal_entities,
    temporal_queries,
)
from functions.broker.personal import PersonalServices
from functions.broker.services import Services
from machi.http.app import create_app
from machi.http.problem import NGSI_LD

HANDLERS = (
    entities.routes,
    attributes.routes,
    batches.routes,
    discovery.routes,
    contexts.routes,
    entity_maps.routes,
    information.routes,
    temporal_entities.routes,
    temporal_queries.routes,
)


def app(services: Services, logger: Logger, personal: PersonalServices | None = None) -> FastAPI:
    """The application over these services; builds no connection of its own.

    Args:
        services: of every tenant but `personal`.
        logger: takes one line a request.
        personal: makes the services of tenant `personal`; None where there is none.
    """
    application = create_app(handlers=HANDLERS, logger=logger, dialect=NGSI_LD)
    application.state.services = services
    application.state.personal = personal
    return application
