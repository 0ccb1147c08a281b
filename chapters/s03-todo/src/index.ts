// @course/s03-todo: the plan, for later chapters.
export { todo } from "./todo.ts";
export { TodoList, type TodoItem } from "./todo-list.ts";
