using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Polly;
using Polly.Retry;

namespace HiEndMae.Mlflow;

/// <summary>Sends requests, repeats those that may succeed later, and converts failures to <see cref="TrackingException"/>.</summary>
internal sealed class MlflowTransport : IDisposable
{
    private readonly MlflowClientOptions options;
    private readonly TimeProvider clock;
    private readonly ServerErrors errors;
    private readonly HttpClient client;
    private readonly CancellationTokenSource noMoreWaits;
    private readonly ResiliencePipeline<Answer> repeatable;
    private readonly ResiliencePipeline<Answer> once;

    public MlflowTransport(TrackingServer server, HttpMessageHandler handler, MlflowClientOptions options, TimeProvider clock)
    {
        this.options = options;
        this.clock = clock;
        errors = new ServerErrors(server);
        // Each attempt has its own time limit.
        client = new HttpClient(handler) { BaseAddress = server.Address, Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = 256 << 20 };
        client.DefaultRequestHeaders.Authorization = server.Credentials;
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("hiendmae", typeof(MlflowTransport).Assembly.GetName().Version?.ToString(3) ?? "0"));
        noMoreWaits = CancellationTokenSource.CreateLinkedTokenSource(options.Hurry, options.Stop);
        repeatable = WithRetry(IsTransient);
        once = WithRetry(WasNotReceived);
    }

    /// <summary>Sends a GET request and reads the JSON response.</summary>
    /// <exception cref="TrackingException">The server refuses, or cannot be reached.</exception>
    public TAnswer Get<TAnswer>(string path, JsonTypeInfo<TAnswer> answer) where TAnswer : class =>
        Read(Send(HttpMethod.Get, path, null, true, options.AttemptTimeout), path, answer);

    /// <summary>Sends a POST request with a JSON body and reads the JSON response.</summary>
    /// <param name="path">Path relative to the server's address.</param>
    /// <param name="message">The body.</param>
    /// <param name="type">JSON type of the body.</param>
    /// <param name="answer">JSON type of the response.</param>
    /// <param name="isRepeatable">Whether the request is idempotent. If not, it is repeated only if the server cannot have received it.</param>
    /// <exception cref="TrackingException">The server refuses, or cannot be reached.</exception>
    public TAnswer Post<TMessage, TAnswer>(string path, TMessage message, JsonTypeInfo<TMessage> type, JsonTypeInfo<TAnswer> answer, bool isRepeatable = true) where TAnswer : class =>
        SendJson(HttpMethod.Post, path, message, type, answer, isRepeatable);

    /// <summary>Sends a PATCH request, which is repeated if it fails temporarily.</summary>
    /// <exception cref="TrackingException">The server refuses, or cannot be reached.</exception>
    public TAnswer Patch<TMessage, TAnswer>(string path, TMessage message, JsonTypeInfo<TMessage> type, JsonTypeInfo<TAnswer> answer) where TAnswer : class =>
        SendJson(HttpMethod.Patch, path, message, type, answer, isRepeatable: true);

    /// <summary>Uploads a file as a stream.</summary>
    /// <exception cref="TrackingException">The server refuses, or cannot be reached, or the file cannot be read.</exception>
    public void Put(string path, string file)
    {
        try
        {
            TimeSpan time = TransferTime(new FileInfo(file).Length);
            Read(Send(HttpMethod.Put, path, () => new FileContent(file, options.Progressed), true, time), path, MlflowJson.Default.EmptyAnswer);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TrackingException($"The artifact '{file}' cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Downloads bytes.</summary>
    /// <exception cref="TrackingException">The server refuses, or cannot be reached.</exception>
    public byte[] GetBytes(string path)
    {
        Answer answer = Send(HttpMethod.Get, path, null, true, TransferTime(256 << 20));
        return answer.IsSuccess ? answer.Body : throw errors.Refused(answer, path);
    }

    /// <summary>Downloads a file of any size.</summary>
    /// <param name="path">Path relative to the server's address.</param>
    /// <param name="file">The local file, which is created or replaced. After an error it may hold a part of the content.</param>
    /// <exception cref="TrackingException">The server refuses, or cannot be reached.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Download(string path, string file)
    {
        Answer answer = Send(HttpMethod.Get, path, null, true, options.AttemptTimeout, file);
        if (!answer.IsSuccess) throw errors.Refused(answer, path);
    }

    public void Dispose()
    {
        client.Dispose();
        noMoreWaits.Dispose();
    }

    private TimeSpan TransferTime(long bytes) => options.TransferTimeout ?? options.AttemptTimeout + TimeSpan.FromSeconds(bytes / (256 << 10));

    private TAnswer SendJson<TMessage, TAnswer>(HttpMethod verb, string path, TMessage message, JsonTypeInfo<TMessage> type, JsonTypeInfo<TAnswer> answer, bool isRepeatable) where TAnswer : class
    {
        // The body is sent as bytes, because the server reads a chunked JSON body as empty.
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(message, type);
        try
        {
            return Read(Send(verb, path, Content, isRepeatable, options.AttemptTimeout), path, answer);
        }
        catch (TrackingException error) when (!isRepeatable && error.Failure == TrackingFailure.Unavailable && !(error.StatusCode is 401 or 403 or 429 || WasNotReceived(error.InnerException)))
        {
            throw new TrackingException(error.Failure, error.Message, error.InnerException) { StatusCode = error.StatusCode, ErrorCode = error.ErrorCode, IsAmbiguous = true };
        }

        HttpContent Content() => new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
    }

    private ResiliencePipeline<Answer> WithRetry(Func<Outcome<Answer>, bool> shouldRetry)
    {
        var builder = new ResiliencePipelineBuilder<Answer> { TimeProvider = clock };
        if (options.MaxRetries > 0)
        {
            builder.AddRetry(new RetryStrategyOptions<Answer>
            {
                MaxRetryAttempts = options.MaxRetries,
                Delay = options.RetryDelay,
                MaxDelay = options.MaxRetryDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = arguments => ValueTask.FromResult(shouldRetry(arguments.Outcome)),
                DelayGenerator = arguments => ValueTask.FromResult(arguments.Outcome.Result?.RetryAfter is { } asked
                    ? TimeSpan.FromTicks(Math.Clamp(asked.Ticks, 0, options.MaxRetryDelay.Ticks))
                    : (TimeSpan?)null),
            });
        }
        return builder.Build();
    }

    private Answer Send(HttpMethod verb, string path, Func<HttpContent>? content, bool isRepeatable, TimeSpan timeout, string? saveTo = null)
    {
        try
        {
            try
            {
                if (options.Hurry.IsCancellationRequested) return Attempt(verb, path, content, timeout, saveTo);
                // The pipeline's token ends waits. Each attempt has its own token.
                return (isRepeatable ? repeatable : once).Execute(
                    static (state, _) => state.Self.Attempt(state.verb, state.path, state.content, state.timeout, state.saveTo), (Self: this, verb, path, content, timeout, saveTo), noMoreWaits.Token);
            }
            catch (OperationCanceledException) when (options.Hurry.IsCancellationRequested && !options.Stop.IsCancellationRequested)
            {
                // A wait has ended early. No request was under way, so this attempt cannot repeat one that took effect.
                return Attempt(verb, path, content, timeout, saveTo);
            }
        }
        catch (TimeoutException error)
        {
            throw errors.Unreachable(error.Message, error);
        }
        catch (OperationCanceledException error)
        {
            throw errors.Unreachable("the program is ending", error);
        }
        catch (HttpRequestException error)
        {
            throw errors.Unreachable(error);
        }
    }

    private Answer Attempt(HttpMethod verb, string path, Func<HttpContent>? content, TimeSpan timeout, string? saveTo)
    {
        using var timer = new CancellationTokenSource(timeout, clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(options.Stop, timer.Token);
        try
        {
            using var request = new HttpRequestMessage(verb, path) { Content = content?.Invoke() };
            using HttpResponseMessage response = client.Send(request, saveTo is null ? HttpCompletionOption.ResponseContentRead : HttpCompletionOption.ResponseHeadersRead, limit.Token);
            errors.HasAnswered = true;
            if (saveTo is null || !response.IsSuccessStatusCode) return ReadAnswer(response, limit.Token);
            timer.CancelAfter(TransferTime(response.Content.Headers.ContentLength ?? 1L << 30));
            using FileStream file = File.Create(saveTo);
            response.Content.CopyTo(file, null, limit.Token);
            return new Answer(response.StatusCode, [], IsJson: false, RetryAfter: null);
        }
        catch (HttpIOException error) when (!limit.IsCancellationRequested)
        {
            throw new HttpRequestException(error.HttpRequestError, error.Message, error);
        }
        catch (Exception error) when ((error is OperationCanceledException or ObjectDisposedException or HttpRequestException or HttpIOException) && limit.IsCancellationRequested)
        {
            // A synchronous request is cancelled by closing its connection. Its reader may notice that first.
            options.Stop.ThrowIfCancellationRequested();
            throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"no answer within {timeout.TotalSeconds:0.###} s"), error);
        }
        catch (ObjectDisposedException error)
        {
            throw new HttpRequestException(HttpRequestError.ResponseEnded, "the connection was closed", error);
        }
    }

    private static Answer ReadAnswer(HttpResponseMessage response, CancellationToken cancel)
    {
        using var body = new MemoryStream();
        response.Content.CopyTo(body, null, cancel);
        RetryConditionHeaderValue? asked = response.Headers.RetryAfter;
        TimeSpan? wait = asked?.Delta ?? (asked?.Date is { } date ? date - DateTimeOffset.UtcNow : null);
        bool isJson = response.Content.Headers.ContentType?.MediaType is null or "application/json";
        return new Answer(response.StatusCode, body.ToArray(), isJson, wait);
    }

    private TAnswer Read<TAnswer>(Answer answer, string path, JsonTypeInfo<TAnswer> type) where TAnswer : class
    {
        if (!answer.IsSuccess) throw errors.Refused(answer, path);
        options.Progressed?.Invoke();
        try
        {
            return JsonSerializer.Deserialize(answer.Body, type) ?? throw new JsonException("null");
        }
        catch (JsonException error)
        {
            throw errors.NotMlflow(path, error);
        }
    }

    private static bool IsTransient(Outcome<Answer> outcome) =>
        outcome.Exception is null ? outcome.Result is { IsTransient: true } : outcome.Exception is HttpRequestException or TimeoutException;

    // The server says that the request had no effect, or no connection could be opened.
    private static bool WasNotReceived(Outcome<Answer> outcome) => outcome.Result is { Status: HttpStatusCode.TooManyRequests } || WasNotReceived(outcome.Exception);

    private static bool WasNotReceived(Exception? error) =>
        error is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError };
}
