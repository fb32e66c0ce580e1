DROP TABLE "script_runs" CASCADE;--> statement-breakpoint
DROP TABLE "metric_buckets" CASCADE;--> statement-breakpoint
DROP TABLE "metric_points" CASCADE;--> statement-breakpoint
ALTER TABLE "jobs" DROP COLUMN "waiting_for";