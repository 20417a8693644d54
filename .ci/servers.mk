# Targets for the real servers of tests and development; included by the Makefile.

.PHONY: servers elasticsearch servers-stop

# Installs all that the tests can use, starts Elasticsearch and PostgreSQL, prints the lines to eval.
servers:
	@.ci/servers.sh install
	@.ci/servers.sh start

# An Elasticsearch for a developer: use the printed address as COTMOC_ELASTICSEARCH_URL.
elasticsearch:
	@.ci/servers.sh start elasticsearch | sed -e 'p' -e 's/COTMOC_TEST_/COTMOC_/'

servers-stop:
	@.ci/servers.sh stop
