import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Logging
import NIOCore

/// Turns everything that is thrown below it into problem+json.
struct ProblemMiddleware: RouterMiddleware {
    @concurrent func handle(
        _ request: Request, context: WebContext,
        next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            return Self.response(to: Self.answer(for: error, context: context), context: context)
        }
    }

    private static func answer(for error: any Error, context: WebContext) -> ProblemAnswer {
        switch error {
        case let answer as ProblemAnswer: return answer
        case let problem as Problem:
            if problem.code == .internal { log(error, context) }
            if problem.code == .unavailable || problem.code == .timedOut {
                context.logger.warning(
                    "A request could not be served", metadata: ["error.text": "\(problem)"])
            }
            let seconds = problem.details["retryAfter"].flatMap { Int($0) }
            return ProblemAnswer(problem, retryAfter: seconds)
        case let error as any ProblemConvertible:
            // Its own text may quote values; the log has it as that of any fault, callers get the problem's.
            if error.problem.code == .internal { log(error, context) }
            return answer(for: error.problem, context: context)
        case let error as HTTPError where error.status == .notFound:
            return ProblemAnswer(Problem(.notFound, "There is nothing at this path for this method."))
        case let error as HTTPError where error.status.kind == .clientError:
            return ProblemAnswer(Problem(.invalid, "The request is malformed."), status: error.status.code)
        case is NIOTooManyBytesError:
            return ProblemAnswer(Problem(.invalid, "The body is too long."), status: 413)
        case is CancellationError:
            return ProblemAnswer(
                Problem(.unavailable, "The service is shutting down; ask again."), retryAfter: 1)
        default:
            log(error, context)
            return ProblemAnswer(Problem(.internal, ""))
        }
    }

    private static func log(_ error: any Error, _ context: WebContext) {
        context.logger.error(
            "A request failed inside",
            metadata: [
                "error.text": "\(String(reflecting: error))", "web.path": "\(context.endpointPath ?? "")",
            ])
    }

    private static func response(to answer: ProblemAnswer, context: WebContext) -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = (try? encoder.encode(answer.body(request: context.request))) ?? Data()
        var headers: HTTPFields = [.contentType: ProblemAnswer.contentType]
        if let seconds = answer.retryAfter { headers[.retryAfter] = "\(seconds)" }
        // RFC 6750, section 3.
        if answer.status == 401 { headers[.wwwAuthenticate] = "Bearer" }
        if answer.status == 413 { headers[.connection] = "close" }
        return Response(
            status: .init(code: answer.status), headers: headers,
            body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }
}
