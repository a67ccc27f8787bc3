"""English words that are no typing errors of a rubric's words: those of this course's texts, one for each stem."""

from __future__ import annotations

from groundschool.checks.rubric.stems import stems_of

COMMON = stems_of("""
abandoned abfs abort about above absence absent absolute abstract abstraction accelerated acceleration accept access accessdenied accordingly account
acid acknowledged across action active acts actually added additive address adds advice advised after afterwards again against agent ages aggregate
aggregation agree airflow alert alike alive allow almost alone along already also alter alternatives always amazon amazonaws ambiguous amount analysis
analyst analytics anchor announced announcement anonymous another answer anti anymore anyone anything anywhere apache apart apis appear append
application apply applymapping april architecture archive aren args argument argv arithmetic around arrays arrival arrive asks assert asset assign
assignment associated assume assumption async asynchronous athena atomic atomicity attach attachments attack attempt attribute audiences auth author
authorization auto autograde autograder automatic availability available avoid await away awsglue awslabs awswrangler azure back backends backfill
balance bank bare base baseline bashoperator batch beat became because been before beforehand begins behaviour behind being belongs below beside best
better between beyond bigger bigint bigquery billed binary bind bits blank blob block blog body bonus bookmarks bool boots borrows both botocore
bottom bound boundary boxed branch break bring broadcast browser browses bubblewrap bucket budget buffer build bulk bundle business busy button bwrap
bypass byte bytecode cache call caller canaries candidate cannot capability caps capstone cards care carry case cassandra cast catalog catalyst catch
catchup categories cause cell central certain cgroup chain change channel chapter char characters cheap cheaper cheapest cheat check checker checksum
child children choice chose chunk churn claim class classic classified classifier classroom clean cleanup click clickstream client clock clone close
cloud cloudwatch cluster cocalc code cohort cold colleague collect column columnar combined come command commas comment commit common commonly
community company comparable comparator compare comparison compatible compile complete completion complicated component compute concept concludes
concurrency concurrent conda condition conditional confidence config configuration configure confirmed conflicts connect connection connector
consistency consistent console constants consume consumer container contains content contention context continuous continuously contract contrast
control conversion convert cope copy core correct correction correlated correlation corrupt cost could count counter counterexample course coursera
cover coverage crash crawler crawls create creation creator credentials credit cron cross curated currency current curriculum cursor custom customer
cutoff cycle daemons dags daily data database databrew databricks dataframe dataframereader dataproc dataset datasette date days dbfs dead deadline
death debugging december decide decimal decision declared decode decoder decorators decrypt deduces dedup deed deep default defence deferrable
deferral defined definition delay delegated delete delimiter delivers delta demand deny depend dependency deprecate depth derive describe description
descriptor design details detection detects determine deterministic developed developer deviation device dialect dict dictionary didn died dies diff
differ difference different difficulty digits dill direct directly directory dirt dirtier dirty disagree disappeared discount discovers discrimination
disk display dist distilled distinct distkey distributed division docker docs docstring doctor document documentation does doesn doing double down
download dpus drag draws drift drive driven driver drop dsci dtype duckdb duplicate durability durable duration dynamic dynamicframe dynamo each
earlier early earn earthlab east eats edges edit editor edulinq efficient either else elsewhere email emit empty emrfs emulator enable encode
encrypted encryption endless endpoint ends enforced enforcement engine engineer enough enter entitytoosmall entry environment ephemeral equal
equivalent error escaped estimate evaluated evaluator even event eventual eventually ever every everybody everyone everything everywhere evidence
exact exactly exam examiner examines example exceed except exception excluded executable execute execution executor exempt exercise exercism exhausted
exist exit expect expired expiry explain explanation explicit explicitly export expression extension external extra extract facade fact fail failure
fair fake fakesnow fall fallback false family fast faster fastest fault feasible feature federated feed feedback feel fetch fewer field fifth fifty
figure file filesystem fill filter final finally finance find fine fingerprint finish finite firehose fires first fits five fixed fixture flag flatten
flavour flaw flex flexible flink flips float flood floor flushed folded folder follow footer forbids forces forever forged forget forgiving forgotten
fork form format formation former formerly formgrader forty four fourth fraction frame framework fraud free fresh from fromdf full fully function fuse
future gaps garbage gate gateway gave general generated generation generator getobject gets gigabytes glacier global globs glue glueetl glueetlrole
glueray gluestreaming goal goes goldens gone good google governance governed grade gradebook grader grain grant graph great grep group groupfiles
grows guarantees guard guess guests guide gzip habits hadoop half halves hand handbook handle handler hangs happen hard hardcoding harder hardware
harmless harness hash hasn have hdfs header heading headings heap heard heavy held help helper here heuristics hidden hides high highest highly hint
history hits hive hole home homework honest honestly honours hook host hostile hour html http httpfs https huge human hundreds hung hyphens ibis
iceberg idea identical identifies identity idle ignore image immediate immediately immutable impersonates impl implementation implemented implicit
import importable incl included incomplete inconsistency inconsistent incorrect incremental independent index individual inducer infer inference
infinite inflated information infra infrastructure ingest inherits init injected injection inline inner inode input insensitive insert insertfiles
inside insists inspects install instance instead instructor integer integrate integration interactive interfaces intermediate internal internally
internet interpreter interrupt interval interviewer into introduction ints invalid invention invisible ipykernel ipynb irregular islands isolation
issue item itself jail jars jdbc jobs join json judge jupygrader jupyter jupyterlab jupytext just kafka keep kernel kernelspec keys keyword kicked
kill kind kinesis know knowledge koalas kwargs label lacks lake lambda lands lang language laptop large larger last late lately latency later latest
latter launch launcher layer layout lazily lazy lead leaf leak learn learner learntools least left legacy length less lesson lets letter level library
libs licence life lifecycle lifted lightweight like limit limitless line link list listbucket listens listings literal little live load loader local
locally location lock loggers logical login logs long longer look loop loopback loose lose loss lots lower lying machine macro made magic mails main
maintained maintainers malformed managed manager manifest manual manually many maps markdown marker marketing marks mask master match matrix matter
maxes maximum mean measure mechanism median medium meet megabytes member memory merge message messy metadata metastore method metrics micro migrate
million mind mini minimal minimum ministack minor minute mirror mismatch miss mistake mixed mocks mode model modelling modern modifies module moment
money monstrous month monthly mooc more morning most mostly moto mount move msck much multi multipart multiple multiplied museum must mutant mutation
mypy mysql name namespace narrow native nbautoeval nbclient nbgrader nbval near nearest nearline necessary need negative negligible neither nested
network neutral never newcomers newer newest newline newsletter next night nightly nine nobody node noise noisy none normal normalised note notebook
nothing notice notification noun nowadays nowhere nteract null number numpy object obsolete obviously oddity offers officer offline offset often older
oldest once ones online only opaque open operation operator optimised optimizer option optional oracles orchestration order ordinary origin original
orphan other otherwise ours outcome outdated outdoor output outside over overhead overlap overlays override overview overwrite overwritten owns paced
pack package page paid pair pandas papers parallel parallelism parameters params parent parquet parse parser part partial partition party pass
passrole password past patch path pattern paused payload payments peeks peer penalties people percent performance performs permanently permission
person pgexercises physically pick pickle pidfd pids piece pile pins pipe pipeline place plain plainly plan platform plays plugin plus point pointer
poke polars policy poll pool populated port portion position positive possible postgres posts practice precisely predecessor predefined predicate
prefer prefix preprocessor present presigned pressed prestodb prestosql previous price principal print private probe process processor producer
product production profile programs progress project projection promise prompt proof proper property proposal proposed proprietary prose protect
protection prototype prove proven provide provider provisioner proxy pruning psutil ptrace public publish pulls punctuation pure pushdown pushes puts
pyarrow pybryt pyproject pyseccomp pyshell pyspark pytest python pythonoperator pythonshell qfacts quality quantity quarantine query question queue
quicker quickly quiet quota quote racing raise random range rate rather ratio rclone rdds reach reachable reacts read readable reader readings ready
real really reason rebuild rebuilt received recipe recognised recommends record recursive redshift reduce reference reflects refresh refunds refusal
refuse regex region register registry regrade regression regular rejects relationalize relationship relative relays release reliable reload rely
remain remainder remarks remember remote remove rename repair repeat replace replacement replay replicas replicates replication reply repo report
repository repr represent reproduced reproducible request require rerun rerunnable reschedule research reserved reset resolution resolve resolvechoice
resolver resource rest restore result resumable resume retailer retired retry return retyped reuse reverse review rewrite rewritten rich right rigid
risk rlimits role root round route rows rubric rudaux ruff rule runnable runner runs runtime rust rustlings safe safely safety said sales salt same
sample sandbox sanitiser save scala scale scan scenario schedule scheduler schema scheme scikit scope score scrapy script seam search seccomp second
secret section secure securely security seed seen select self semantics semi send sense sensor sentence separate sequential serial server serverless
serves service session sets settings setup seven several shadowing shape share sheet shell shim ship shipments shippers shop short should shouldn show
shuffled shut side sign signal signature silence silent silently similar similarity simple simply simulate simulation simulator since single site size
skew skill skip slash sleep slot slow slower small smaller smallest snapshot snowflake snowpark snowpipe socket socketpair solution solved some
somebody someone something sometimes somewhere soon sort source space spark sparksession sparksql sparse speak specific specify spectrum speed
spelling split spread sqlalchemy sqlglot sqlite stable stack stage stale stamp stand standalone standard start starter state statement static
statistics status stay stderr stdout step still stock stolen stop storage store straight strangers stream strict stricter string strip strong strongly
struct structural structure stub student studio stuff style subclass subject submission submitted subprocess subquery succeed succeeds success
successful successor such suffix suggests suite summary sums superseded supplier supply support surrogate survive survivors suspended swapped switch
symlink symptom syntax system table tabs tags tail take talk tamper target task teach team teardown tell temp template temporary tenfold terabyte
terminal test text than that their them themselves then theorem there therefore these they thin thing think third this those though thread three
through throughput thrown tick ticket tied ties time timeout timer timestamp timetable tiny title tmpfs today todf together token tolerance tolerant
tolerates tool topic total touch tpch trace traceback tracker tracks trailing transaction transform transformation transient transit translations
transpile trap travel treat tree triangular trickles tried trigger triggerer trino trip trivial true truncated trust trustworthy tune tuple turn
tutorial twice twins type typically ucbds unclear under underneath understand unescaped unfinished uniform union unit unity unix unknown unless unlike
unlimited unload unmodified unnest unordered unpickled unprivileged unquoted unreadable unsafe unshare unsolved unstable unsupported until untouched
update upgrade upload upper upsert upstream usable usage used useful user userguide username usual utils vague valid validate validation value varchar
variable variant vars vary vendor venv verb verbatim verdict verify version very view viewfs virtual visible visitors visual volume vsock wait walk
wall want warehouse warm warn warnings wasb watch watcher ways webserver webtech week weekend weekly well were what whatever wheel when whenever where
whether which whichever while whoever whole whom whose wide widgets width wildcard will window wins winter wire with within without wontfix word work
workaround worker workflow workgroup workload workshop workspace world worse worth would wrapper wraps writable write writer wrong xfails year your
yourself zero zips zone zoomcamp zygote
""")
