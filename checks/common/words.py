"""Lists of words that several suites look for."""

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".svg", ".pdf")

#: Modules that Lightning is imported from.
LIGHTNING = ("lightning", "pytorch_lightning", "lightning_fabric")

#: What sets up monitoring in Google's cloud.
MONITORING_COMMANDS = (
    "gcloud monitoring",
    "gcloud alpha monitoring",
    "gcloud beta monitoring",
    "gcloud logging metrics create",
    "add-google-cloud-ops-agent-repo.sh",
)
