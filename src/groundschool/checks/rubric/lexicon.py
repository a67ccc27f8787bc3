"""The English that claims are read with: words and phrases that deny, date, hedge, compare or join.

Language only. What a question's right answer is stands in its rubric; how these words change a claim is `polarity.py`'s and
`claims.py`'s.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


AUXILIARIES = _words(
    "is are was were be been being am 's 're do does did can could ca may might will would wo shall should must has have had "
    "need needs"
)
COPULAS = _words("is are was were be 's 're")
DETERMINERS = _words("the a an this that these those its their his your our my any each every some all both")
PREPOSITIONS = _words(
    "of to in on at by for from with into onto via through over under between within without per as like about after before "
    "during against across than using off upon"
)
CONJUNCTIONS = _words("and or nor but so because if when while whereas although though since until unless then")
PRONOUNS = _words(
    "it they this that these those which who you we i he she one them there here its their both none nothing"
)
SUBJECT_PRONOUNS = _words("it they this that these those which you we i he she there")
QUESTION_WORDS = _words("what where why how which who when does do is are can could should did will")
POLITE = _words(
    "i think believe guess know answer so well basically just simply mainly mostly usually generally typically maybe probably "
    "yes it's also only really actually hello hi thanks thank please aws amazon apache called named name known namely etc e.g. "
    "i.e. e.g i.e eg ie think answer: correct main currently now today always ok okay sure afaik"
)

VERBS = _words("access add affect allow analyse analyze apply attach authenticate authorise authorize avoid belong build bring call change "
    "check classify come connect consist consume contain convert copy cost crawl create decide define delete depend deploy "
    "describe detect determine discover execute exist expose fail fetch find fire follow get give go grant group handle happen "
    "help hold identify import include infer ingest integrate issue keep launch let list live load look make manage map match "
    "mean move name need notify obtain offer operate organise own parse pass pay perform permit pick place point populate "
    "process produce provide provision publish pull push put query reach read recognise refer refresh register rely remain "
    "remove repair represent require resolve return run sample save scale scan schedule see send serve set sit sort specify "
    "split start stay stop store stream submit support sync take talk tell trigger try turn understand update upload use "
    "wait want work wrap write")  # fmt: skip

NEGATORS = (
    "not", "n't", "nt", "no", "never", "neither", "nor", "none", "without", "cannot", "no longer", "not any more", "non",
    "instead of", "rather than", "as opposed to", "in place of", "nothing to do with", "far from", "lacks", "lack of",
    "zero", "nowhere", "avoid", "avoids", "free of", "other than", "anything but", "fails to", "fail to", "unable to",
    "refuses to", "nothing",
)  # fmt: skip
NOUN_NEGATORS = frozenset({"no", "without", "instead of", "rather than", "as opposed to", "in place of", "lack of", "zero",
                           "non", "free of", "other than", "avoid", "avoids"})  # fmt: skip
NOT_NEGATORS = ("not only", "not just", "no matter", "no doubt", "no later than", "not to mention", "no problem", "why not",
                "not sure", "n't know", "nt know", "not certain", "n't remember", "nt remember", "no wonder",
                "n't forget", "not limited to")  # fmt: skip

PAST = (
    "was", "were", "had", "used to", "use to be", "previously", "formerly", "originally", "historically", "in the past", "in past",
    "earlier", "back then", "years ago", "year ago", "in older versions", "in old versions", "old days", "until recently",
    "in the old days", "once was", "at one time", "prior to", "did", "before that", "before this", "before then", "initially",
    "old limit", "old answer", "old model", "older docs", "in those days", "long ago", "at first", "back in the day",
    "pre 2020", "traditionally",
)  # fmt: skip
NOW = (
    "now", "nowadays", "today", "currently", "these days", "since", "as of", "at present", "presently", "at the moment",
    "modern", "is now", "are now", "anymore", "since then", "after that", "from now on", "as from", "starting from",
)  # fmt: skip
CHANGED = _words(
    "introduced launched raised increased changed made updated upgraded extended lifted added replaced announced bumped moved "
    "switched improved renamed removed deprecated retired designed created built developed given released closed"
)
DATED_BEFORE = ("until", "till", "before", "up until", "prior to", "pre")

SPLITTERS = (
    "but", "whereas", "while", "however", "although", "though", "yet", "nevertheless", "even though", "whilst", "on the other hand",
    "by contrast", "in contrast", "otherwise", "vs", "vs.", "versus", "hence", "therefore", "thus", "instead",
)  # fmt: skip
COMPARED = (
    "unlike", "compared to", "compared with", "in contrast to", "in contrast with", "similar to", "similarly to", "same as",
    "the same as", "just like", "as with", "in comparison to", "different from", "contrary to", "as opposed", "much like", "like in",
    "like with", "same way as",
)  # fmt: skip
SCOPE_ENDS = _words("but until unless because since so as if when while which where whereas although though however " "therefore hence thus only except") | {"until you", "in order to"}  # fmt: skip

HEDGES = (
    "maybe", "perhaps", "probably", "not sure", "n't know", "nt know", "not certain", "i guess", "guess", "might be", "could be",
    "possibly", "n't remember", "nt remember", "no idea", "if i remember", "unsure",
)  # fmt: skip
REPORTED = (
    "people say", "people think", "people believe", "some say", "some think", "many think", "many say", "many people", "some people",
    "often said", "common misconception", "common myth", "misconception", "myth", "mistakenly", "wrongly", "you might think",
    "one might think", "some claim", "people claim", "others say", "most people", "people assume", "somebody told", "someone told",
    "i was told", "old docs say", "some believe", "would be wrong to say", "wrong to say", "incorrectly", "supposedly",
)  # fmt: skip
DENIALS = _words("false wrong incorrect untrue nonsense bogus mistaken lie")
DENIED_WHEN_NEGATED = _words("true correct right case accurate valid")

MORE_THAN = ("more than", "larger than", "bigger than", "greater than", "over", "above", "beyond", "exceed", "exceeds",
             "exceeding", "go past", "higher than", "upwards of")  # fmt: skip
LESS_THAN = ("less than", "smaller than", "below", "under", "lower than", "fewer than")
REJECTED = _words("fail fails failed rejected reject rejects error errors refused invalid impossible forbidden disallowed " "entitytoosmall entitytoolarge need needs must require requires should")  # fmt: skip


def _third_person(verb: str) -> str:
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "z", "o")) else "s")


FINITE = frozenset(_third_person(verb) for verb in VERBS)
BASE_VERBS = frozenset(VERBS)
STRUCTURE = AUXILIARIES | DETERMINERS | PREPOSITIONS | CONJUNCTIONS | PRONOUNS | FINITE | {"used", "not", "n't", "no"}

# Things that an answer may be about by mistake. A rubric's own subjects, ideas and `beside` list are exempt.
PRODUCTS = (
    "athena", "redshift", "glue", "emr", "emrfs", "s3", "dynamodb", "dynamo db", "rds", "aurora", "ec2", "ebs", "efs", "fsx", "lambda",
    "kinesis", "firehose", "msk", "sqs", "sns", "step functions", "cloudwatch", "cloudtrail", "cloudfront", "cloudformation",
    "sagemaker", "quicksight", "lake formation", "opensearch", "elasticsearch", "elasticache", "documentdb", "neptune", "timestream",
    "dms", "glacier", "ecs", "eks", "fargate", "batch", "api gateway", "secrets manager", "parameter store", "mwaa", "eventbridge",
    "snowflake", "snowpipe", "snowpark", "databricks", "bigquery", "big query", "dataproc", "dataflow", "gcs", "google cloud storage",
    "azure", "azure blob", "blob storage", "adls", "synapse", "data factory", "azure data factory", "cosmos db", "cosmosdb", "fabric",
    "hdfs", "hive", "hbase", "cassandra", "mongodb", "mongo", "postgres", "postgresql", "mysql", "oracle", "sql server", "mariadb",
    "sqlite", "duckdb", "clickhouse", "druid", "pinot", "impala", "drill", "teradata", "vertica", "greenplum", "kafka", "flink", "storm",
    "beam", "nifi", "airflow", "luigi", "dagster", "prefect", "oozie", "azkaban", "argo", "cron", "jenkins", "kubernetes", "docker",
    "spark", "hadoop", "presto", "trino", "dbt", "tableau", "power bi", "looker", "redis", "memcached", "ray", "dask", "pandas", "polars",
    "delta lake", "iceberg", "hudi", "zookeeper", "minio", "ceph", "gmail", "excel", "google drive", "dropbox", "onedrive", "unity catalog",
    "neo4j", "couchbase", "rabbitmq", "activemq", "celery", "github", "gitlab", "terraform", "keyspaces", "qldb", "workspaces",
    "talend", "informatica", "fivetran", "airbyte", "matillion", "ssis", "datastage", "control m", "autosys", "tidal",
    "elastic beanstalk", "lightsail", "amplify", "appflow", "storage gateway", "datasync", "snowball", "cloud sql", "spanner", "bigtable",
    "pubsub", "pub/sub", "cloud composer", "composer", "event hubs", "saphana", "hana", "db2", "sybase", "netezza",
)  # fmt: skip

LOOK_ALIKES = str.maketrans(
    "аеорсухіјѕԁһнкмтвАЕОРСУХІЈЅНКМТВԛԝɡοαεικνρτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxijsdhhkmtbAEOPCYXIJSHKMTBqwgoaeikvptuxABEZHIKMNOPTYX",
)
