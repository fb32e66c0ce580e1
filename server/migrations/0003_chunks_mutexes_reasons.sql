CREATE TABLE "metric_chunks" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "metric_chunks_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"series_id" bigint NOT NULL,
	"first_step" bigint NOT NULL,
	"last_step" bigint NOT NULL,
	"points" integer NOT NULL,
	"low_step" bigint,
	"low_at_ms" bigint,
	"low_value" double precision,
	"high_step" bigint,
	"high_at_ms" bigint,
	"high_value" double precision,
	"data" "bytea" NOT NULL
);
--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "mutex" text;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "waiting" jsonb;--> statement-breakpoint
ALTER TABLE "metric_series" ADD COLUMN "small_chunks" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "metric_chunks_series" ON "metric_chunks" USING btree ("series_id","last_step");--> statement-breakpoint
CREATE INDEX "metric_chunks_small" ON "metric_chunks" USING btree ("series_id") WHERE points < 64;--> statement-breakpoint
ALTER TABLE "metric_chunks" ALTER COLUMN "data" SET STORAGE EXTERNAL;--> statement-breakpoint
ALTER TABLE "metric_series" SET (fillfactor = 70);--> statement-breakpoint
INSERT INTO "metric_chunks" ("series_id", "first_step", "last_step", "points", "low_step", "low_at_ms", "low_value",
  "high_step", "high_at_ms", "high_value", "data")
SELECT "series_id", min("step"), max("step"), count(*),
  (array_agg("step" ORDER BY "value", "step") FILTER (WHERE "is_finite"))[1],
  (array_agg("at_ms" ORDER BY "value", "step") FILTER (WHERE "is_finite"))[1],
  min("value") FILTER (WHERE "is_finite"),
  (array_agg("step" ORDER BY "value" DESC, "step") FILTER (WHERE "is_finite"))[1],
  (array_agg("at_ms" ORDER BY "value" DESC, "step") FILTER (WHERE "is_finite"))[1],
  max("value") FILTER (WHERE "is_finite"),
  string_agg(float8send("step"::float8), ''::bytea ORDER BY "step", "at_ms", "value")
    || string_agg(float8send("at_ms"::float8), ''::bytea ORDER BY "step", "at_ms", "value")
    || string_agg(float8send("value"), ''::bytea ORDER BY "step", "at_ms", "value")
FROM (
  SELECT *, "value" NOT IN ('NaN', 'Infinity', '-Infinity') AS "is_finite",
    (row_number() OVER (PARTITION BY "series_id" ORDER BY "step", "at_ms", "value") - 1) / 1024 AS "chunk"
  FROM "metric_points") AS "p"
GROUP BY "series_id", "chunk";--> statement-breakpoint
UPDATE "jobs" SET "mutex" = 'script:' || r."script_name",
  "payload" = "payload" || jsonb_build_object('asked', jsonb_build_object('args', r."args", 'mode', r."mode", 'command', r."command"))
FROM "script_runs" r WHERE r."job_id" = "jobs"."id";--> statement-breakpoint
CREATE UNIQUE INDEX "jobs_mutex" ON "jobs" USING btree ("mutex") WHERE mutex IS NOT NULL AND state <> 'finished';--> statement-breakpoint
CREATE INDEX "jobs_same" ON "jobs" USING btree ("mutex","arrival" DESC NULLS LAST) WHERE mutex IS NOT NULL;