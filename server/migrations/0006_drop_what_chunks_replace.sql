DROP TABLE "metric_buckets" CASCADE;--> statement-breakpoint
DROP TABLE "metric_points" CASCADE;