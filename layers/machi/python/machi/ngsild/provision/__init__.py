"""How does an entity change? Pure functions from an entity and a fragment to the entity after it (5.6).

Every function leaves its arguments alone and shares what did not change. `now` is ISO text; what a
fragment brings is stamped with it already (`machi.ngsild.reading`).
"""

from machi.ngsild.provision.append import Existing, append
from machi.ngsild.provision.delete import Instances, delete_attribute, drop_attributes, keep_attributes
from machi.ngsild.provision.expiry import unexpired
from machi.ngsild.provision.merge import Common, merge
from machi.ngsild.provision.partial import update_attribute
from machi.ngsild.provision.replace import replace_attribute, replace_entity
from machi.ngsild.provision.report import SCOPE, NotUpdated, Outcome
from machi.ngsild.provision.update import update

__all__ = [
    "SCOPE", "Common", "Existing", "Instances", "NotUpdated", "Outcome",
    "append", "delete_attribute", "drop_attributes", "keep_attributes", "merge", "replace_attribute",
    "replace_entity", "unexpired", "update", "update_attribute",
]  # fmt: skip
