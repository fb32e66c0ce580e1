CREATE TABLE "market_bars" (
	"collection_id" uuid NOT NULL,
	"time" timestamp (3) with time zone NOT NULL,
	"open" double precision NOT NULL,
	"high" double precision NOT NULL,
	"low" double precision NOT NULL,
	"close" double precision NOT NULL,
	"volume" double precision NOT NULL,
	CONSTRAINT "market_bars_collection_id_time_pk" PRIMARY KEY("collection_id","time")
);
--> statement-breakpoint
CREATE TABLE "market_collections" (
	"id" uuid PRIMARY KEY NOT NULL,
	"symbol" text NOT NULL,
	"source" text NOT NULL,
	"origin" text NOT NULL,
	"license" text,
	"is_current" boolean NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"updated_by" text
);
--> statement-breakpoint
CREATE TABLE "market_features" (
	"collection_id" uuid NOT NULL,
	"time" timestamp (3) with time zone NOT NULL,
	"log_return" double precision,
	"volatility_5" double precision,
	"volatility_14" double precision,
	"volatility_21" double precision,
	"volume_mean_5" double precision,
	"volume_mean_14" double precision,
	"volume_mean_21" double precision,
	"volume_z_100" double precision,
	"macd" double precision,
	"macd_signal" double precision,
	"macd_histogram" double precision,
	"rsi_14" double precision,
	"atr_14" double precision,
	"price_range" double precision,
	"price_change" double precision,
	"hour_sin" double precision,
	"hour_cos" double precision,
	"weekday_sin" double precision,
	"weekday_cos" double precision,
	"month_sin" double precision,
	"month_cos" double precision,
	CONSTRAINT "market_features_collection_id_time_pk" PRIMARY KEY("collection_id","time")
);
--> statement-breakpoint
CREATE TABLE "market_model_errors" (
	"symbol" text NOT NULL,
	"model" text NOT NULL,
	"horizon" integer NOT NULL,
	"mae" double precision NOT NULL,
	"mse" double precision NOT NULL,
	"rmse" double precision NOT NULL,
	"naive_mae" double precision NOT NULL,
	"naive_rmse" double precision NOT NULL,
	"train_count" integer NOT NULL,
	"test_count" integer NOT NULL,
	"test_from" timestamp (3) with time zone NOT NULL,
	"test_to" timestamp (3) with time zone NOT NULL,
	"live_count" integer DEFAULT 0 NOT NULL,
	"live_absolute" double precision DEFAULT 0 NOT NULL,
	"live_squared" double precision DEFAULT 0 NOT NULL,
	"live_naive_squared" double precision DEFAULT 0 NOT NULL,
	"live_inside" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "market_model_errors_symbol_model_horizon_pk" PRIMARY KEY("symbol","model","horizon")
);
--> statement-breakpoint
CREATE TABLE "market_models" (
	"symbol" text NOT NULL,
	"model" text NOT NULL,
	"sha256" text NOT NULL,
	"size_bytes" integer NOT NULL,
	"library" text NOT NULL,
	"mode" text NOT NULL,
	"bars" integer NOT NULL,
	"trained_at" timestamp (3) with time zone NOT NULL,
	"trained_by" text,
	CONSTRAINT "market_models_symbol_model_pk" PRIMARY KEY("symbol","model")
);
--> statement-breakpoint
CREATE TABLE "market_predictions" (
	"symbol" text NOT NULL,
	"time" timestamp (3) with time zone NOT NULL,
	"model" text NOT NULL,
	"horizon" integer NOT NULL,
	"target_time" timestamp (3) with time zone NOT NULL,
	"close" double precision NOT NULL,
	"log_return" double precision NOT NULL,
	"rmse" double precision NOT NULL,
	"price" double precision NOT NULL,
	"lower" double precision NOT NULL,
	"upper" double precision NOT NULL,
	CONSTRAINT "market_predictions_symbol_time_model_horizon_pk" PRIMARY KEY("symbol","time","model","horizon")
);
--> statement-breakpoint
DROP INDEX "script_runs_script";--> statement-breakpoint
ALTER TABLE "datasets" ADD COLUMN "last_version" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "models" ADD COLUMN "last_version" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "script_runs" ADD COLUMN "created_at" timestamp (3) with time zone NOT NULL;--> statement-breakpoint
ALTER TABLE "market_bars" ADD CONSTRAINT "market_bars_collection_id_market_collections_id_fk" FOREIGN KEY ("collection_id") REFERENCES "public"."market_collections"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "market_features" ADD CONSTRAINT "market_features_collection_id_market_collections_id_fk" FOREIGN KEY ("collection_id") REFERENCES "public"."market_collections"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "market_model_errors" ADD CONSTRAINT "market_model_errors_symbol_model_market_models_symbol_model_fk" FOREIGN KEY ("symbol","model") REFERENCES "public"."market_models"("symbol","model") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "market_models" ADD CONSTRAINT "market_models_sha256_blobs_sha256_fk" FOREIGN KEY ("sha256") REFERENCES "public"."blobs"("sha256") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "market_predictions" ADD CONSTRAINT "market_predictions_symbol_model_market_models_symbol_model_fk" FOREIGN KEY ("symbol","model") REFERENCES "public"."market_models"("symbol","model") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "market_collections_symbol" ON "market_collections" USING btree ("symbol");--> statement-breakpoint
CREATE UNIQUE INDEX "market_collections_current" ON "market_collections" USING btree ("symbol") WHERE is_current;--> statement-breakpoint
CREATE INDEX "market_models_sha256" ON "market_models" USING btree ("sha256");--> statement-breakpoint
CREATE INDEX "script_runs_newest" ON "script_runs" USING btree ("script_name","created_at" DESC NULLS LAST);